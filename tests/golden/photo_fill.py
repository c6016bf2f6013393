#!/usr/bin/env python3
"""Cases for tests/unit/data_photo_test.c, scaled by PyTorch.

	photo_fill.py >tests/golden/photo_fill.txt

A case is a line "w h size max_size flip rgb out_w out_h" and then its values,
row by row, three channels a pixel. PyTorch rounds sizes down where OpenCV (and
we) round to the nearest, so that our result may have one row or column more;
what both have is the same.
"""
import torch
import torch.nn.functional as F

MEAN = {0: (102.9801, 115.9465, 122.7717), 1: (123.675, 116.28, 103.53)}
STD = {0: (1, 1, 1), 1: (58.395, 57.12, 57.375)}

CASES = [(7, 5, 9, 100, 0, 0), (5, 7, 3, 100, 0, 0), (20, 12, 8, 11, 0, 1),
	(6, 6, 6, 100, 0, 0), (13, 8, 11, 100, 1, 0), (1, 4, 3, 100, 1, 1)]


def picture(w, h):
	"""RGB, as the test makes it."""
	y, x, c = torch.meshgrid(torch.arange(h), torch.arange(w),
		torch.arange(3), indexing="ij")
	return ((x * 37 + y * 91 + c * 53 + x * y * 7) % 256).double()


for w, h, size, most, flip, rgb in CASES:
	im = picture(w, h)
	if flip:
		im = im.flip(1)
	if not rgb:
		im = im.flip(2)
	im = (im - torch.tensor(MEAN[rgb])) / torch.tensor(STD[rgb])
	scale = size / min(w, h)
	if round(scale * max(w, h)) > most:
		scale = most / max(w, h)
	out = F.interpolate(im.permute(2, 0, 1)[None].double(),
		scale_factor=scale, mode="bilinear", align_corners=False,
		recompute_scale_factor=False)[0].permute(1, 2, 0)
	print(w, h, size, most, flip, rgb, out.shape[1], out.shape[0])
	for row in out:
		print(" ".join(f"{v:.4f}" for v in row.flatten()))
