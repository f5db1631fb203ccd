/** Whose: a choice among people that stands in the address, so that a view of one person can be shared. */

import { element } from "../element.js";
import { setViewQuery, viewQuery } from "../views.js";

/** @param {() => void} changed called when somebody else is chosen */
export function personFilter(changed) {
  const select = element("select", { name: "user", "aria-label": "Whose" }, element("option", { value: "" }, "everybody’s"));
  select.addEventListener("change", () => {
    setViewQuery(new URLSearchParams(select.value ? { user: select.value } : {}));
    changed();
  });
  return {
    element: select,
    get value() {
      return select.value;
    },
    fill(people, chosen) {
      const sorted = [...people].sort((a, b) => a.name.localeCompare(b.name));
      select.append(...sorted.map((person) => element("option", { value: person.id }, person.name)));
      select.value = sorted.some(({ id }) => id === chosen) ? chosen : "";
    },
    /** Heeds an address that is typed or followed while the view is open; returns how that ends. */
    follow(act) {
      const look = () => {
        const wanted = viewQuery().get("user") ?? "";
        if (wanted === select.value) return;
        select.value = wanted;
        act();
      };
      addEventListener("hashchange", look);
      return () => removeEventListener("hashchange", look);
    },
  };
}
