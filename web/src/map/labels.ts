/** A thing that wants a label, the most important first. */
export interface Wish {
  id: string;
  text: string;
  x: number;
  y: number;
  /** Room that the thing itself takes. */
  radius: number;
  size: number;
}

export interface Label extends Wish {
  tx: number;
  ty: number;
  anchor: "start" | "middle" | "end";
}

interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Place labels so that none lies on another or on a thing; those that find no room are left out. */
export function placed(wishes: Wish[], width: number, height: number): Label[] {
  const taken: Box[] = wishes.map(({ x, y, radius }) => ({
    left: x - radius, top: y - radius, right: x + radius, bottom: y + radius,
  }));
  const found: Label[] = [];
  wishes.forEach((wish, n) => {
    for (const label of candidates(wish)) {
      const box = boxed(label);
      const inside = box.left > 2 && box.right < width - 2 && box.top > 2 && box.bottom < height - 2;
      if (inside && taken.every((other, m) => m === n || !meet(box, other))) {
        taken.push(box);
        found.push(label);
        return;
      }
    }
  });
  return found;
}

function candidates(wish: Wish): Label[] {
  const gap = wish.radius + 3;
  const third = 0.34 * wish.size;
  const at = (tx: number, ty: number, anchor: Label["anchor"]): Label => ({ ...wish, tx, ty, anchor });
  return [
    at(wish.x + gap, wish.y + third, "start"),
    at(wish.x - gap, wish.y + third, "end"),
    at(wish.x, wish.y - gap, "middle"),
    at(wish.x, wish.y + gap + 0.75 * wish.size, "middle"),
    at(wish.x + 0.7 * gap, wish.y - 0.7 * gap, "start"),
    at(wish.x + 0.7 * gap, wish.y + 0.7 * gap + 0.7 * wish.size, "start"),
    at(wish.x - 0.7 * gap, wish.y - 0.7 * gap, "end"),
    at(wish.x - 0.7 * gap, wish.y + 0.7 * gap + 0.7 * wish.size, "end"),
  ];
}

function boxed({ text, tx, ty, anchor, size }: Label): Box {
  const width = 0.56 * size * text.length;
  const left = anchor === "start" ? tx : anchor === "end" ? tx - width : tx - width / 2;
  return { left: left - 2, right: left + width + 2, top: ty - 0.85 * size, bottom: ty + 0.3 * size };
}

function meet(one: Box, other: Box): boolean {
  return one.left < other.right && other.left < one.right && one.top < other.bottom && other.top < one.bottom;
}
