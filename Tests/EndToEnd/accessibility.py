"""What a page owes to people who do not see it, or not well: names, roles, order of focus, contrast."""

# Runs in the page. Each complaint names an element and what is wrong with it.
CHECK = r"""
() => {
  const complaints = [];
  const say = (element, what) => complaints.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  const shown = (element) => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const textOf = (element) => element.textContent.trim();
  const nameOf = (element) => {
    const by = (element.getAttribute("aria-labelledby") ?? "").split(" ").filter(Boolean).map((id) => document.getElementById(id));
    if (by.length) return by.map((other) => other ? textOf(other) : "").join(" ").trim();
    if (element.getAttribute("aria-label")) return element.getAttribute("aria-label");
    if (element.labels?.length) return [...element.labels].map(textOf).join(" ");
    if (element.matches("fieldset")) return textOf(element.querySelector("legend") ?? document.createElement("i"));
    return textOf(element) || [...element.querySelectorAll("img[alt]")].map((i) => i.alt).join(" ") || element.title || "";
  };
  for (const element of document.querySelectorAll(
    "button, a[href], input:not([type=hidden]), select, textarea, [role=button], [role=img], [role=region], [role=progressbar], [role=application], dialog, nav, fieldset, section[aria-labelledby]"))
    if (shown(element) && !nameOf(element)) say(element, "has no name");
  for (const picture of document.querySelectorAll("img")) if (!picture.hasAttribute("alt")) say(picture, "has no alternative text");
  for (const table of document.querySelectorAll("table")) if (shown(table) && !table.querySelector("th[scope]")) say(table, "has no header cells");
  const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
  for (const id of new Set(ids.filter((id, at) => ids.indexOf(id) !== at))) complaints.push(`the id ${id} stands twice`);
  for (const element of document.querySelectorAll("[aria-labelledby], [aria-describedby], [aria-controls], label[for]"))
    for (const name of ["aria-labelledby", "aria-describedby", "aria-controls", "for"])
      for (const id of (element.getAttribute(name) ?? "").split(" ").filter(Boolean))
        if (!document.getElementById(id)) say(element, `${name} names #${id}, which is not there`);
  for (const element of document.querySelectorAll("[tabindex]")) if (element.tabIndex > 0) say(element, "jumps the order of focus");
  if (document.querySelectorAll("h1").length !== 1) complaints.push("there is not exactly one h1");

  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  const rgba = (color) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = color;
    canvas.fillRect(0, 0, 1, 1);
    const [r, g, b, a] = canvas.getImageData(0, 0, 1, 1).data;
    return [r, g, b, a / 255];
  };
  const over = (top, below) => top.slice(0, 3).map((c, i) => c * top[3] + below[i] * (1 - top[3]));
  const groundOf = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) layers.push(rgba(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, layer) => over(layer, below), matchMedia("(prefers-color-scheme: dark)").matches ? [0, 0, 0] : [255, 255, 255]);
  };
  const light = (color) => {
    const [r, g, b] = color.map((c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  for (const element of document.querySelectorAll("body *:not(svg *):not(script):not(style):not(noscript)")) {
    if (![...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim())) continue;
    if (!shown(element) || element.closest(":disabled, [aria-hidden=true], .unseen, [data-back=yes], fieldset:disabled")) continue;
    const style = getComputedStyle(element);
    const ground = groundOf(element);
    const [a, b] = [light(over(rgba(style.color), ground)), light(ground)].sort((x, y) => y - x);
    const size = parseFloat(style.fontSize);
    const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    if ((a + 0.05) / (b + 0.05) < wanted - 0.01) say(element, `contrast of ${((a + 0.05) / (b + 0.05)).toFixed(2)}, ${wanted} is wanted`);
  }
  return complaints;
}
"""


def complaints(page) -> list:
    """What is wrong with the page as it stands."""
    return page.evaluate(CHECK)
