// A portrait that can't be loaded leaves the initials, and isn't tried again.

const addresses = new Set();

export function broken(image) {
  addresses.add(image.getAttribute("src"));
  image.remove();
}

export const isBroken = (image) => addresses.has(image.getAttribute("src"));
