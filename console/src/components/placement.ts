const GAP = 4;
const MARGIN = 8;

/** Places an open popover below its button, or above it where there is more room, and within the window. */
export function placeBelow(popover: HTMLElement, button: HTMLElement): void {
  const at = button.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const fitsBelow = at.bottom + GAP + height + MARGIN <= innerHeight;
  const isAbove = !fitsBelow && at.top > innerHeight - at.bottom;
  const top = isAbove ? Math.max(MARGIN, at.top - GAP - height) : at.bottom + GAP;
  // Where it would leave the window on the right, it ends where its button ends.
  const left = at.left + width + MARGIN <= innerWidth ? at.left : Math.max(MARGIN, at.right - width);
  popover.style.top = `${top}px`;
  popover.style.left = `${left}px`;
  popover.style.maxHeight = `${isAbove ? at.top - GAP - MARGIN : innerHeight - top - MARGIN}px`;
}
