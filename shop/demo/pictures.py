"""Pictures of the demo's products: flat pictograms drawn here, one a family, so that no photograph is needed."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from PIL import Image, ImageDraw

WIDTH, HEIGHT, _SCALE = 480, 360, 4
_INK, _PAPER = "#344054", "#ffffff"

#: name -> (tint, shapes); a shape is (kind, colour, numbers) on a field of 100 x 100, drawn in order.
_Shape = tuple[str, str, Sequence[float]]
_A, _B, _C, _D = "#5b7186", "#a9b8c6", "#0b6e4f", "#e6b566"
PICTURES: Final[dict[str, tuple[str, list[_Shape]]]] = {
    "paper": ("#eef3f8", [("round", _B, (30, 22, 78, 86, 2)), ("round", _PAPER, (24, 16, 72, 80, 2)), *[("round", _B, (32, y, 64, y + 3, 1)) for y in (30, 40, 50, 60)]]),
    "envelope": ("#eef3f8", [("round", _PAPER, (16, 28, 84, 74, 3)), ("poly", _B, (16, 30, 50, 56, 84, 30, 84, 28, 16, 28))]),
    "pen": ("#eef0fa", [("poly", "#3f5fa8", (26, 66, 64, 28, 73, 37, 35, 75)), ("poly", _D, (26, 66, 35, 75, 22, 79)), ("poly", _INK, (64, 28, 70, 22, 79, 31, 73, 37))]),
    "binder": ("#eef0fa", [("round", "#3f5fa8", (26, 16, 52, 84, 3)), ("round", _A, (54, 16, 78, 84, 3)), ("round", _PAPER, (32, 26, 46, 46, 1)), ("round", _PAPER, (59, 26, 73, 46, 1)), ("oval", _PAPER, (35, 64, 43, 72)), ("oval", _PAPER, (62, 64, 70, 72))]),
    "box": ("#f8f2e8", [("poly", "#d9a964", (18, 36, 50, 24, 82, 36, 50, 48)), ("poly", "#c58f48", (18, 36, 50, 48, 50, 84, 18, 72)), ("poly", "#b07c39", (82, 36, 50, 48, 50, 84, 82, 72))]),
    "stapler": ("#eef3f8", [("poly", _INK, (16, 44, 78, 30, 84, 42, 24, 56)), ("round", _A, (16, 64, 84, 74, 3)), ("poly", _A, (16, 56, 28, 54, 28, 66, 16, 66))]),
    "tape": ("#f8f2e8", [("oval", "#d9a964", (20, 20, 80, 80)), ("oval", "#f8f2e8", (36, 36, 64, 64)), ("poly", "#c58f48", (50, 72, 88, 72, 88, 80, 50, 80))]),
    "toner": ("#eef3f8", [("round", _INK, (14, 38, 86, 62, 6)), ("round", _A, (22, 30, 78, 40, 3)), ("round", _B, (22, 60, 78, 66, 2))]),
    "device": ("#eef3f8", [("round", _INK, (24, 24, 76, 78, 6)), ("round", "#bfe3d3", (32, 32, 68, 46, 2)), *[("round", _B, (x, y, x + 8, y + 6, 1)) for x in (32, 46, 60) for y in (52, 62)]]),
    "chair": ("#eef3f8", [("round", _INK, (34, 14, 66, 48, 7)), ("round", _A, (30, 52, 70, 62, 4)), ("round", _INK, (47, 62, 53, 76, 1)), ("poly", _INK, (28, 84, 50, 73, 72, 84, 50, 78))]),
    "desk": ("#f8f2e8", [("round", "#c58f48", (14, 34, 86, 42, 2)), ("round", _INK, (20, 42, 26, 80, 1)), ("round", _INK, (74, 42, 80, 80, 1)), ("round", "#d9a964", (52, 42, 74, 62, 1)), ("round", _INK, (60, 50, 66, 53, 1))]),
    "board": ("#eef3f8", [("round", _B, (14, 20, 86, 72, 3)), ("round", _PAPER, (18, 24, 82, 68, 1)), ("round", _C, (28, 34, 60, 38, 1)), ("round", _B, (28, 46, 70, 50, 1)), ("round", _INK, (40, 72, 60, 76, 1))]),
    "bottle": ("#e9f5f1", [("round", _C, (42, 14, 58, 26, 2)), ("round", "#4aa384", (32, 28, 68, 86, 9)), ("round", _PAPER, (38, 46, 62, 68, 2))]),
    "spray": ("#e9f5f1", [("poly", _INK, (34, 18, 62, 18, 62, 28, 44, 28, 34, 24)), ("round", _A, (48, 28, 58, 40, 1)), ("round", "#57a9c9", (36, 40, 70, 86, 7)), ("round", _PAPER, (42, 54, 64, 72, 2))]),
    "roll": ("#eef3f8", [("round", _B, (40, 22, 78, 78, 2)), ("oval", _PAPER, (22, 22, 58, 78)), ("oval", "#d9a964", (34, 42, 46, 58))]),
    "bag": ("#eef1f3", [("poly", _INK, (30, 36, 70, 36, 80, 82, 20, 82)), ("poly", _A, (38, 36, 50, 20, 62, 36))]),
    "mop": ("#e9f5f1", [("poly", "#d9a964", (62, 10, 67, 12, 48, 62, 43, 60)), ("round", _INK, (30, 58, 62, 66, 2)), ("poly", "#57a9c9", (26, 66, 66, 66, 72, 86, 20, 86))]),
    "cloth": ("#e9f5f1", [("poly", "#57a9c9", (20, 30, 70, 22, 80, 70, 30, 78)), ("poly", "#3d8fb0", (70, 22, 80, 70, 58, 46))]),
    "wrench": ("#f1f2f4", [("poly", _A, (30, 62, 62, 30, 70, 38, 38, 70)), ("oval", _A, (56, 16, 84, 44)), ("poly", "#f1f2f4", (70, 30, 84, 12, 92, 22)), ("oval", _A, (16, 56, 44, 84)), ("oval", "#f1f2f4", (24, 64, 36, 76))]),
    "hammer": ("#f1f2f4", [("poly", "#c58f48", (46, 36, 54, 36, 56, 88, 44, 88)), ("round", _INK, (24, 20, 72, 38, 3)), ("poly", _A, (72, 22, 84, 30, 72, 36))]),
    "ruler": ("#f8f2e8", [("poly", _D, (14, 60, 66, 20, 86, 40, 34, 82)), *[("poly", _INK, (24 + 10 * i, 53 - 8 * i, 26 + 10 * i, 52 - 8 * i, 32 + 10 * i, 58 - 8 * i, 30 + 10 * i, 60 - 8 * i)) for i in range(5)]]),
    "drill": ("#f1f2f4", [("round", _C, (18, 26, 66, 46, 6)), ("poly", _INK, (66, 32, 78, 34, 78, 39, 66, 41)), ("round", _A, (78, 35, 92, 38, 1)), ("poly", _C, (26, 44, 44, 44, 40, 74, 24, 74)), ("round", _INK, (18, 72, 48, 84, 3))]),
    "disc": ("#f1f2f4", [("oval", _A, (18, 18, 82, 82)), ("oval", _D, (34, 34, 66, 66)), ("oval", "#f1f2f4", (44, 44, 56, 56))]),
    "screw": ("#f1f2f4", [("round", _INK, (34, 14, 66, 26, 5)), ("poly", _A, (44, 26, 56, 26, 54, 78, 50, 88, 46, 78)), *[("poly", _INK, (42, y, 58, y + 4, 58, y + 7, 42, y + 3)) for y in (36, 48, 60)]]),
    "glove": ("#eef3f8", [("round", "#57a9c9", (32, 44, 70, 86, 9)), *[("round", "#57a9c9", (x, top, x + 9, 56, 4)) for x, top in ((32, 24), (42, 16), (52, 18), (61, 26))], ("poly", "#57a9c9", (68, 62, 84, 44, 88, 52, 70, 76)), ("round", "#3d8fb0", (32, 78, 70, 86, 3))]),
    "helmet": ("#fbf4e2", [("pie", _D, (20, 24, 80, 92)), ("round", "#c9963f", (12, 58, 88, 66, 3)), ("round", "#c9963f", (46, 22, 54, 58, 3))]),
    "vest": ("#fbf4e2", [("poly", "#e8a33d", (30, 18, 42, 18, 50, 32, 58, 18, 70, 18, 78, 86, 22, 86)), ("poly", _PAPER, (25, 54, 75, 54, 76, 61, 24, 61)), ("poly", _PAPER, (24, 68, 76, 68, 77, 75, 23, 75))]),
    "boot": ("#fbf4e2", [("poly", "#8a5a3b", (32, 18, 58, 18, 58, 52, 78, 60, 84, 76, 30, 76)), ("round", _INK, (26, 74, 86, 84, 3)), *[("round", "#e8a33d", (50, y, 62, y + 3, 1)) for y in (28, 37, 46)]]),
    "scissors": ("#eef3f8", [("poly", _A, (30, 16, 37, 14, 56, 58, 50, 61)), ("poly", _B, (70, 16, 63, 14, 44, 58, 50, 61)), ("oval", _C, (28, 56, 50, 82)), ("oval", "#eef3f8", (33, 62, 45, 76)), ("oval", _C, (50, 56, 72, 82)), ("oval", "#eef3f8", (55, 62, 67, 76)), ("oval", _INK, (48, 50, 52, 54))]),
    "clip": ("#eef3f8", [("round", _A, (34, 16, 66, 84, 16)), ("round", "#eef3f8", (40, 22, 60, 78, 10)), ("round", _A, (44, 30, 66, 84, 11)), ("round", "#eef3f8", (49, 35, 61, 78, 6))]),
    "biscuit": ("#f6efe9", [("oval", "#d9a964", (20, 20, 80, 80)), ("oval", "#c58f48", (26, 26, 74, 74)), *[("oval", "#5d3a24", (x, y, x + 8, y + 8)) for x, y in ((36, 34), (54, 38), (44, 52), (58, 58), (34, 58))]]),
    "aid": ("#fbeceb", [("round", "#c0392b", (18, 30, 82, 80, 5)), ("round", "#c0392b", (38, 20, 62, 32, 3)), ("round", _PAPER, (45, 40, 55, 70, 1)), ("round", _PAPER, (35, 50, 65, 60, 1))]),
    "cup": ("#f6efe9", [("round", "#8a5a3b", (26, 34, 66, 76, 8)), ("oval", "#8a5a3b", (58, 40, 82, 64)), ("oval", "#f6efe9", (64, 46, 76, 58)), ("oval", "#5d3a24", (28, 30, 64, 42)), ("round", _B, (18, 80, 76, 85, 2))]),
}  # fmt: skip


def draw_all(folder: Path) -> int:
    """Write every picture that is missing into `folder`; return how many were drawn."""
    folder.mkdir(parents=True, exist_ok=True)
    missing = [name for name in PICTURES if not (folder / f"{name}.png").exists()]
    for name in missing:
        draw(name).save(folder / f"{name}.png", optimize=True)
    return len(missing)


def draw(name: str) -> Image.Image:
    """Draw one pictogram, large first and then made smaller, so that its edges are smooth."""
    tint, shapes = PICTURES[name]
    picture = Image.new("RGB", (WIDTH * _SCALE, HEIGHT * _SCALE), tint)
    pen = ImageDraw.Draw(picture)
    side = HEIGHT * _SCALE
    left = (WIDTH * _SCALE - side) // 2
    for kind, colour, numbers in shapes:
        _draw_shape(pen, kind, colour, numbers, left=left, unit=side / 100)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def _draw_shape(pen: Any, kind: str, colour: str, numbers: Sequence[float], *, left: int, unit: float) -> None:
    def at(i: int) -> float:
        return numbers[i] * unit + (left if i % 2 == 0 else 0)

    if kind == "poly":
        pen.polygon([(at(i), at(i + 1)) for i in range(0, len(numbers), 2)], fill=colour)
        return
    box = [at(0), at(1), at(2), at(3)]
    if kind == "oval":
        pen.ellipse(box, fill=colour)
    elif kind == "pie":
        pen.pieslice(box, 180, 360, fill=colour)
    else:
        pen.rounded_rectangle(box, radius=numbers[4] * unit, fill=colour)
