#!/usr/bin/env python3
"""Random cases for tests/unit/data_cocoeval_test.c, rated by pycocotools.

	coco_eval.py N [SEED [CATEGORIES [TIMES]]] >>tests/golden/coco_eval.jsonl

The file is of 40 cases, and of 4 with 14 categories (seed 7), whose means are
over more values than numpy adds up at a time. TIMES as many images, truths and
detections make larger ones, for `make check-coco-eval`.

A line a case: images and categories are lists of ids, a truth is [id, image,
category, x, y, w, h, area, crowd], a detection [image, category, x, y, w, h,
score]; then the twelve figures, and AP and AP50 of each category.
"""
import contextlib
import io
import json
import random
import sys

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval


def draw_box(rng, grid):
    """Few values, so that overlaps and areas tie."""
    if grid:
        x, y = rng.randrange(0, 40, 8), rng.randrange(0, 40, 8)
        return [x, y, rng.choice([0, 8, 16, 32, 96]), rng.choice([8, 32, 96])]
    return [round(rng.uniform(-5, 150), 2), round(rng.uniform(-5, 150), 2),
            round(rng.uniform(0, 150), 2), round(rng.uniform(0, 150), 2)]


def near(rng, box):
    return [round(v + rng.choice([0, 0, 1, -1, 2.5]), 2) for v in box]


def draw_case(rng, many_categories, times):
    images = rng.sample(range(0, 50 * times), rng.randint(1, 4) * times)
    categories = sorted(rng.sample(
        range(0, 20), many_categories or rng.randint(1, 3)))
    grid = rng.random() < 0.5
    truths, dets = [], []
    first = 0 if rng.random() < 0.1 else 1
    for _ in range(times * (4 * many_categories or rng.randint(0, 12))):
        box = draw_box(rng, grid)
        area = box[2] * box[3]
        if rng.random() < 0.2:
            area = rng.choice([0, 1024, 9216, 1024.5, area / 2])
        truths.append([first + len(truths), rng.choice(images),
                       rng.choice(categories), *box, area,
                       int(rng.random() < 0.15)])
    rng.shuffle(truths)
    many = 130 if rng.random() < 0.02 else 16
    for _ in range(times * (8 * many_categories or
                            rng.choice([0, 3, many, many]))):
        if truths and rng.random() < 0.7:
            near_to = rng.choice(truths)
            image, category = near_to[1], near_to[2]
            box = near(rng, near_to[3:7])
        else:
            image, category = rng.choice(images), rng.choice(categories)
            box = draw_box(rng, grid)
        score = rng.choice([rng.randint(0, 4) / 4, round(rng.random(), 3)])
        dets.append([image, category, *box, score])
    return images, categories, truths, dets


def as_coco(images, categories, annotations):
    coco = COCO()
    coco.dataset = {"images": [{"id": i} for i in images],
                    "categories": [{"id": i, "name": str(i)}
                                   for i in categories],
                    "annotations": annotations}
    coco.createIndex()
    return coco


def mean(s):
    s = s[s > -1]
    return float(np.mean(s)) if len(s) else -1.0


def rate(images, categories, truths, dets):
    gt = as_coco(images, categories, [
        {"id": t[0], "image_id": t[1], "category_id": t[2], "bbox": t[3:7],
         "area": t[7], "iscrowd": t[8]} for t in truths])
    found = [{"image_id": d[0], "category_id": d[1], "bbox": d[2:6],
              "score": d[6]} for d in dets]
    # An empty list of results is an IndexError in loadRes.
    dt = gt.loadRes(found) if found else as_coco(images, categories, [])
    e = COCOeval(gt, dt, "bbox")
    e.evaluate()
    e.accumulate()
    e.summarize()
    precision = e.eval["precision"]
    classes = range(len(categories))
    return ([float(v) for v in e.stats],
            [mean(precision[:, :, k, 0, 2]) for k in classes],
            [mean(precision[0, :, k, 0, 2]) for k in classes])


def main():
    rng = random.Random(int(sys.argv[2]) if len(sys.argv) > 2 else 1)
    for _ in range(int(sys.argv[1])):
        case = draw_case(rng, int(sys.argv[3]) if len(sys.argv) > 3 else 0,
                         int(sys.argv[4]) if len(sys.argv) > 4 else 1)
        with contextlib.redirect_stdout(io.StringIO()):
            figures, ap, ap50 = rate(*case)
        names = ["images", "categories", "truths", "dets"]
        print(json.dumps({**dict(zip(names, case)), "figures": figures,
                          "ap": ap, "ap50": ap50}, separators=(",", ":")))


main()
