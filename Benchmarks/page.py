"""How fast the labelling page is for the hand: measured in a real browser by the Performance API, while rounds train.

Prints, over so many keys, the time from a key press until the next item is in the document and until it is painted; how long a
visitor with an empty cache waits for the first item; and what the page weighs. Beside each time stands what the same browser takes,
on the same machine in the same run, where there is nothing to do: a key that changes one word of an empty page, the first paint of a
bare answer of the server. A busy machine slows both. One command:

    Benchmarks/page            (or: make bench-page)
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import sys
import threading

ROOT = pathlib.Path(__file__).resolve().parents[1]
os.environ.setdefault("WINNOW", str(ROOT / ".build/release/winnow"))
sys.path.insert(0, str(ROOT / "Tests/EndToEnd"))

from browser import WIDE, LabellingPage, chromium, completed, until  # noqa: E402
from pools import grey_png  # noqa: E402
from winnow import Server, must  # noqa: E402

# From the moment the key went down, as the browser stamped it, to the item's change and to the end of the frame that shows it: what
# is posted in a frame's callback, before all else that waits, runs once that frame has been handed over.
WATCH = """() => {
  window.keys = [];
  const stage = document.getElementById('stage');
  let pressed = null;
  addEventListener('keydown', (event) => (pressed = { at: event.timeStamp, from: stage.dataset.item }), { capture: true });
  new MutationObserver(() => {
    if (!pressed || stage.dataset.item === pressed.from) return;
    const key = { inDocument: performance.now() - pressed.at, isTraining: document.getElementById('round').dataset.state === 'busy' };
    const { at } = pressed;
    pressed = null;
    requestAnimationFrame(() => scheduler.postTask(() => keys.push({ ...key, painted: performance.now() - at }),
      { priority: 'user-blocking' }));
  }).observe(stage, { attributes: true, attributeFilter: ['data-item'] });
}"""


def percentile(values, share):
    """The value below which that share lies, by the nearest rank."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, max(0, round(share * len(ordered)) - 1))]


def pool(server, kind, count):
    """A project of that many items, whose rounds start after every twenty labels."""
    folder = pathlib.Path(server.folder.name)
    draw = random.Random(7)
    more = ["--create", "--batch-size", "20", "--labels", ",".join("0123456789")]
    if kind == "images":
        images = folder / "images"
        images.mkdir()
        for number in range(count):
            (images / f"{number:05}.png").write_bytes(grey_png(64, 64, draw.randbytes(64 * 64)))
        must("import", "--data", server.data, "--project", "bench", images, "--modality", "image", "--format", "images", *more,
             timeout=300)
    else:
        table = folder / "texts.jsonl"
        words = "parcel invoice crash login refund delivery password screen late twice account card error order".split()
        table.write_text("".join(json.dumps({"id": f"t{n}", "text": " ".join(draw.choices(words, k=11)) + f" {n}"}) + "\n"
                                 for n in range(count)))
        must("import", "--data", server.data, "--project", "bench", table, "--modality", "text", "--text-column", "text",
             "--id-column", "id", *more)


def keys(page, count, pause):
    """So many keys with a pause after each; what the page measured."""
    page.page.evaluate(WATCH)
    for number in range(count):
        page.page.keyboard.press(str(number * 7 % 10))
        page.page.wait_for_timeout(pause)
        page.page.wait_for_selector("#stage[data-item], .state")
        if not page.item:
            raise SystemExit(f"no item is left after {number + 1} keys: {page.page.locator('#stage').inner_text()}")
    page.saved()
    return page.page.evaluate("window.keys")


def bare_keys(browser, address, count, pause):
    """The same on a page that has one word to show for each key."""
    context = browser.new_context(**WIDE)
    page = context.new_page()
    page.goto(address)
    page.evaluate("""() => {
      document.body.innerHTML = '<div id="round"></div><p id="stage"></p>';
      let number = 0;
      addEventListener('keydown', () => {
        const stage = document.getElementById('stage');
        stage.textContent = stage.dataset.item = String(++number);
      });
    }""")
    page.evaluate(WATCH)
    for number in range(count):
        page.keyboard.press(str(number % 10))
        page.wait_for_timeout(pause)
    measured = page.evaluate("window.keys")
    context.close()
    return measured


def train(server, project, stop):
    """One round after the other, until told to stop."""
    while not stop.wait(0.05):
        newest = server.call("GET", f"/projects/{project['id']}/rounds?limit=1")["items"][0]
        if newest["state"] in ("serving", "superseded", "failed", "cancelled"):
            server.call("POST", f"/projects/{project['id']}/rounds", {})


def first_paint(browser, address):
    """Milliseconds to the first paint of an answer that is a line of text."""
    context = browser.new_context(**WIDE)
    page = context.new_page()
    page.goto(address)
    until(page, "performance.getEntriesByName('first-contentful-paint').length")
    found = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    context.close()
    return found


def first_item(browser, address, **state):
    """Milliseconds to the first item with an empty cache, and the bytes of all that comes but for the items' own images."""
    context = browser.new_context(**WIDE, **state)
    page = context.new_page()
    session = context.new_cdp_session(page)
    session.send("Network.enable")
    addresses, sizes = {}, {}
    session.on("Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
    page.goto(address)
    completed(page)
    page.wait_for_timeout(300)
    time = page.evaluate("performance.getEntriesByName('winnow.first-item')[0].startTime")
    kept = context.storage_state()
    # What this visit holds is given back before the next one is measured.
    page.goto("about:blank")
    page.wait_for_timeout(200)
    context.close()
    return time, sum(size for request, size in sizes.items() if not addresses.get(request, "").endswith("/image")), kept


def first_items(browser, server, link, loads):
    """So many loads in turn: a bare answer, the page of somebody who is signed in, and one who comes by a link."""
    found = {"bare": [], "signed_in": [], "by_link": [], "bytes": []}
    for _ in range(loads):
        found["bare"].append(first_paint(browser, f"{server.base}/healthz"))
        time, size, state = first_item(browser, link)
        found["by_link"].append(time)
        found["bytes"].append(size)
        time, size, _ = first_item(browser, link.split("#")[0], storage_state=state)
        found["signed_in"].append(time)
        found["bytes"].append(size)
    return found


def spread(values):
    """The median, the 95th percentile and the most, in milliseconds."""
    return {"median_ms": round(statistics.median(values), 2), "p95_ms": round(percentile(values, 0.95), 2),
            "max_ms": round(max(values), 2)}


def main():
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--keys", type=int, default=200)
    options.add_argument("--kind", choices=["images", "texts"], default="images")
    options.add_argument("--pause", type=int, default=120, help="milliseconds between keys")
    options.add_argument("--loads", type=int, default=9)
    options.add_argument("--json", action="store_true")
    chosen = options.parse_args()
    server = Server()
    try:
        pool(server, chosen.kind, max(600, 3 * chosen.keys))
        server.start()
        project = server.project("bench")
        # What is shown is noise, which a filter would rightly keep out.
        server.call("PATCH", f"/projects/{project['id']}", {"settings": {"outlier_filter": {"method": "none"}}})
        with chromium() as browser:
            visits = first_items(browser, server, server.link(project, name="Visitor"), chosen.loads)
            page = LabellingPage(browser, server.link(project))
            for number in range(20):
                page.press(str(number % 10))
            stop = threading.Event()
            training = threading.Thread(target=train, args=(server, project, stop))
            training.start()
            try:
                bare = bare_keys(browser, f"{server.base}/healthz", chosen.keys // 4, chosen.pause)
                measured = keys(page, chosen.keys, chosen.pause)
                bare += bare_keys(browser, f"{server.base}/healthz", chosen.keys // 4, chosen.pause)
            finally:
                stop.set()
                training.join()
            page.close()
    finally:
        server.close()
    result = {"kind": chosen.kind, "keys": len(measured), "while_training": sum(key["isTraining"] for key in measured),
              "in_document": spread([key["inDocument"] for key in measured]), "painted": spread([key["painted"] for key in measured]),
              "bare_painted": spread([key["painted"] for key in bare]),
              "first_item_ms": round(statistics.median(visits["signed_in"]), 1),
              "first_item_by_link_ms": round(statistics.median(visits["by_link"]), 1),
              "bare_paint_ms": round(statistics.median(visits["bare"]), 1), "bytes": max(visits["bytes"])}
    print(json.dumps(result) if chosen.json else told(result, chosen.loads))


def told(result, loads):
    """The figures for people."""
    lines = [f"{result['keys']} keys on {result['kind']}, {result['while_training']} of them while a round trained"]
    for title, words in [("in_document", "key to next item in the document"), ("painted", "key to next item painted"),
                         ("bare_painted", "a key that changes one word, painted")]:
        one = result[title]
        lines.append(f"  {words:38} median {one['median_ms']:6.2f} ms   95th percentile {one['p95_ms']:6.2f} ms   "
                     f"most {one['max_ms']:6.2f} ms")
    ratio = result["painted"]["median_ms"] / result["bare_painted"]["median_ms"]
    floor = result["bare_paint_ms"]
    lines += [f"  painted, as a multiple of the bare key: {ratio:.2f}",
              f"first item, median of {loads} loads each with an empty cache; {result['bytes'] / 1000:.1f} kB in all",
              f"  first paint of a bare answer           {floor:6.1f} ms"]
    for title, words in [("first_item_ms", "first item, signed in"), ("first_item_by_link_ms", "first item, coming by a link")]:
        lines.append(f"  {words:38} {result[title]:6.1f} ms   {result[title] / floor:.2f} times the bare answer")
    return "\n".join(lines)


if __name__ == "__main__":
    main()
