/** Images loaded and decoded ahead, so that showing one is only placing it. */

/** Gives an image offer a decoded `picture`; a failed one is tried once more. Other offers are left alone. */
export function prepare(offer) {
  if (!offer.item.image_url) return;
  // Not a plain property: an offer is stored with its unsent answer, and an element cannot be.
  Object.defineProperty(offer, "picture", { value: load(offer.item.image_url), configurable: true, enumerable: false });
}

function load(url) {
  const picture = new Image();
  picture.decoding = "sync";
  picture.src = url;
  picture.ready = picture.decode().catch(async () => {
    await new Promise((resolve) => setTimeout(resolve, 1000));
    picture.src = url;
    await picture.decode();
  });
  // Whoever shows the picture looks at `ready` too; without this an unseen failure is an error of the page.
  picture.ready.catch(() => {});
  return picture;
}
