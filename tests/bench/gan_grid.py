#!/usr/bin/env python3
"""Is there a checkerboard in what a generator draws?

	gan_grid.py SHEET... [--real FOLDER] [--size 64x64] [--border 2]

A network that doubles its picture by transposed convolutions leaves a pattern
of periods 2 and 4. Of the tiles of each sheet (and of the pictures in FOLDER,
which are cut as dcgan-train does), the mean power of the spectrum is taken; a
line of the table has the power of the columns, and of the rows, at these two
periods over that of their neighbours in the spectrum. 1 is no pattern; more
is one that stands out. Needs numpy and Pillow.
"""
import argparse
import os

import numpy
from PIL import Image


def tiles(path, w, h, border):
    a = numpy.asarray(Image.open(path).convert("L"), float)
    for y in range(border, a.shape[0] - h + 1, h + border):
        for x in range(border, a.shape[1] - w + 1, w + border):
            yield a[y:y + h, x:x + w]


def pictures(folder, w, h, most=500):
    paths = sorted(os.path.join(d, f) for d, _, files in os.walk(folder)
                   for f in files
                   if f.lower().endswith((".jpg", ".jpeg", ".png")))
    for path in paths[::max(1, len(paths) // most)]:
        im = Image.open(path).convert("L")
        scale = max(w / im.width, h / im.height)
        im = im.resize((max(w, round(im.width * scale)),
                        max(h, round(im.height * scale))), Image.BILINEAR)
        x, y = (im.width - w) // 2, (im.height - h) // 2
        yield numpy.asarray(im.crop((x, y, x + w, y + h)), float)


def power(pictures):
    total, n = 0, 0
    for p in pictures:
        total = total + numpy.abs(numpy.fft.fft2(p - p.mean())) ** 2
        n += 1
    return total / n


def stands_out(line, period):
    at = len(line) // period
    near = (-3, -2, -1) if period == 2 else (-2, -1, 1, 2)
    return line[at] / numpy.mean([line[at + k] for k in near])


def row(name, pictures):
    p = power(pictures)
    print("\t".join([name] + ["%.2f" % stands_out(line, period)
                              for period in (2, 4)
                              for line in (p.sum(0), p.sum(1))]))


def main():
    a = argparse.ArgumentParser()
    a.add_argument("sheets", nargs="+")
    a.add_argument("--real")
    a.add_argument("--size", default="64x64")
    a.add_argument("--border", type=int, default=2)
    o = a.parse_args()
    w, h = map(int, o.size.split("x"))
    print("pictures\tcolumns, 2\trows, 2\tcolumns, 4\trows, 4")
    if o.real:
        row("real", pictures(o.real, w, h))
    for sheet in o.sheets:
        row(sheet, tiles(sheet, w, h, o.border))


if __name__ == "__main__":
    main()
