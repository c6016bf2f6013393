#!/usr/bin/env python3
"""coco-eval against pycocotools and faster-coco-eval, on drawn data.

    coco_eval_bench.py [80|3] [pycocotools|faster-coco-eval] [PAIRS]

80: 5,000 images of 100 detections in 80 classes; 3: 40,000 of 20 in 3. Five
pairs of all, without arguments; a pair with pycocotools takes minutes, so name
one and say how many. The figures must be the same doubles.
"""
import json
import os
import random
import subprocess
import sys
import tempfile

from pairs import pairs

BIN = os.path.join(os.path.dirname(__file__), "../../bin")
WORKS = {"80": (5000, 100, 80), "3": (40000, 20, 3)}


def draw_box(rng):
    w = min(rng.expovariate(1 / 90) + 2, 600)
    h = min(rng.expovariate(1 / 90) + 2, 440)
    return [round(rng.uniform(0, 640 - w), 2),
            round(rng.uniform(0, 480 - h), 2), round(w, 2), round(h, 2)]


def draw(nimages, ndets, nclasses, truth, results):
    rng = random.Random(1)
    images, anns, dets = [], [], []
    for i in range(1, nimages + 1):
        images.append({"id": i, "width": 640, "height": 480})
        mine = [(draw_box(rng), rng.randint(1, nclasses)) for _ in
                range(min(1 + int(rng.expovariate(1 / 6.3)), 60)
                      if nclasses > 3 else rng.randint(1, 3))]
        for box, k in mine:
            anns.append({"id": len(anns) + 1, "image_id": i, "category_id": k,
                         "bbox": box, "iscrowd": int(rng.random() < .01),
                         "area": round(box[2] * box[3] *
                                       rng.uniform(.5, 1), 2)})
        for _ in range(ndets):
            if rng.random() < .5:
                box, k = rng.choice(mine)
                box = [round(v + rng.gauss(0, 8), 2) for v in box]
                box[2:] = [max(v, 1) for v in box[2:]]
            else:
                box, k = draw_box(rng), rng.randint(1, nclasses)
            dets.append({"image_id": i, "category_id": k, "bbox": box,
                         "score": round(rng.random(), 5)})
    categories = [{"id": k, "name": str(k)} for k in range(1, nclasses + 1)]
    with open(truth, "w") as f:
        json.dump({"info": {}, "images": images, "annotations": anns,
                   "categories": categories}, f)
    with open(results, "w") as f:
        json.dump(dets, f)


def rate(peer, truth, results):
    """What a peer's process does; its figures are its last line."""
    if peer == "pycocotools":
        from pycocotools.coco import COCO
        from pycocotools.cocoeval import COCOeval
    else:
        from faster_coco_eval import COCO, COCOeval_faster as COCOeval
    gt = COCO(truth)
    e = COCOeval(gt, gt.loadRes(results), "bbox")
    e.evaluate()
    e.accumulate()
    e.summarize()
    print(json.dumps([float(v) for v in e.stats[:12]]))


def main():
    works = sys.argv[1:2] or list(WORKS)
    peers = sys.argv[2:3] or ["faster-coco-eval", "pycocotools"]
    n = int(sys.argv[3]) if len(sys.argv) > 3 else 5
    with tempfile.TemporaryDirectory() as d:
        truth, results = d + "/gt.json", d + "/r.json"
        for work in works:
            # In a process of its own: a child's peak begins at its parent's.
            subprocess.run([sys.executable, __file__, "--draw",
                            *map(str, WORKS[work]), truth, results],
                           check=True)
            for peer in peers:
                ours, theirs = pairs(
                    "%d images x %d x %d" % WORKS[work],
                    [BIN + "/coco-eval", "--json", truth, results],
                    [sys.executable, __file__, "--rate", peer, truth,
                     results], peer, n)
                ours = list(json.loads(ours).values())
                theirs = json.loads(theirs.splitlines()[-1])
                apart = max(abs(a - b) for a, b in zip(ours, theirs))
                print(f"  figures: {ours == theirs and 'equal doubles' or apart}")


if sys.argv[1:2] == ["--rate"]:
    rate(*sys.argv[2:])
elif sys.argv[1:2] == ["--draw"]:
    draw(*map(int, sys.argv[2:5]), *sys.argv[5:])
else:
    main()
