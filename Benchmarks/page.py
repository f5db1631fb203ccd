"""How fast the labelling page is for the hand: measured in a real browser by the Performance API, while rounds train.

Prints, over so many keys, the time from a key press until the next item is in the document and until it is painted; how long a
visitor with an empty cache waits for the first item; and what the page weighs. One command:

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

from browser import WIDE, LabellingPage, chromium  # noqa: E402
from pools import grey_png  # noqa: E402
from winnow import Server, must  # noqa: E402

# From the moment the key went down, as the browser stamped it, to the item's change and to the end of the frame that shows it: what
# is posted in a frame's callback runs once that frame has been handed over.
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
    requestAnimationFrame(() => {
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = () => keys.push({ ...key, painted: performance.now() - at });
      port2.postMessage(null);
    });
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


def train(server, project, stop):
    """One round after the other, until told to stop."""
    while not stop.wait(0.05):
        newest = server.call("GET", f"/projects/{project['id']}/rounds?limit=1")["items"][0]
        if newest["state"] in ("serving", "superseded", "failed", "cancelled"):
            server.call("POST", f"/projects/{project['id']}/rounds", {})


def first_items(browser, link, loads):
    """Milliseconds to the first item with an empty cache, and the bytes of each load but for the items' own images."""
    times, weights = [], []
    for _ in range(loads):
        context = browser.new_context(**WIDE)
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        addresses, sizes = {}, {}
        session.on("Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]}))
        session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"]}))
        page.goto(link)
        page.wait_for_selector("#stage[data-item]")
        page.wait_for_timeout(300)
        times.append(page.evaluate("performance.getEntriesByName('winnow.first-item')[0].startTime"))
        weights.append(sum(size for request, size in sizes.items() if not addresses.get(request, "").endswith("/image")))
        context.close()
    return times, weights


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
            times, weights = first_items(browser, server.link(project, name="Visitor"), chosen.loads)
            page = LabellingPage(browser, server.link(project))
            for number in range(20):
                page.press(str(number % 10))
            stop = threading.Event()
            training = threading.Thread(target=train, args=(server, project, stop))
            training.start()
            try:
                measured = keys(page, chosen.keys, chosen.pause)
            finally:
                stop.set()
                training.join()
            page.close()
    finally:
        server.close()
    result = {"kind": chosen.kind, "keys": len(measured), "while_training": sum(key["isTraining"] for key in measured),
              "first_item_ms": round(statistics.median(times), 1), "bytes": max(weights)}
    for name, title in [("inDocument", "in_document"), ("painted", "painted")]:
        values = [key[name] for key in measured]
        result[title] = {"median_ms": round(statistics.median(values), 2), "p95_ms": round(percentile(values, 0.95), 2),
                         "max_ms": round(max(values), 2)}
    if chosen.json:
        return print(json.dumps(result))
    print(f"{result['keys']} keys on {chosen.kind}, {result['while_training']} of them while a round trained")
    for title, words in [("in_document", "key to next item in the document"), ("painted", "key to next item painted")]:
        one = result[title]
        print(f"  {words:34} median {one['median_ms']:6.2f} ms   95th percentile {one['p95_ms']:6.2f} ms   most {one['max_ms']:6.2f} ms")
    print(f"  first item with an empty cache     median {result['first_item_ms']:6.1f} ms over {chosen.loads} loads, "
          f"{result['bytes'] / 1000:.1f} kB transferred")


if __name__ == "__main__":
    main()
