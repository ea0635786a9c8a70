# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
"""Tunes one layer with TVM's own MetaSchedule and prints a line of JSON after each batch: best time after each trial so far.
The last line counts.

    python metaschedule.py LAYER --trials 64 [--seed 1] [--cpu znver4] [--mattr +avx512f,...] [--database DIR]

With --database the records stay in the folder.

Runs under the Python of a virtual environment that holds TVM (0.20 or later) and xgboost. One thread.
"""

import argparse
import contextlib
import json
import logging
import tempfile
import time

import tvm
from tvm import te

try:
    from tvm.ir.utils import derived_object
    from tvm.s_tir import meta_schedule as ms
except ImportError:  # before 0.22
    from tvm import meta_schedule as ms
    from tvm.meta_schedule.utils import derived_object

MATRICES = {  # batch of one, rows, columns, depth
    "deepseek_r1_moe": (16, 2048, 7168),
    "llama3_8b_attention": (16, 4096, 4096),
    "matmul_512": (512, 512, 512),
    "matmul_1024": (1024, 1024, 1024),
    "matmul_127x251x509": (127, 251, 509),
}
CONVOLUTIONS = {  # channels, channels out, height and width with halo, kernel
    "flux_conv": (128, 128, 66, 3),
    "conv_small": (16, 16, 18, 3),
}


def program(layer):
    if layer in MATRICES:
        rows, columns, depth = MATRICES[layer]
        a = te.placeholder((rows, depth), "float32", name="A")
        b = te.placeholder((depth, columns), "float32", name="B")
        k = te.reduce_axis((0, depth), name="k")
        c = te.compute((rows, columns), lambda i, j: te.sum(a[i, k] * b[k, j], axis=k), name="C")
        return te.create_prim_func([a, b, c])
    channels, out, size, kernel = CONVOLUTIONS[layer]
    image = te.placeholder((1, channels, size, size), "float32", name="I")
    weight = te.placeholder((out, channels, kernel, kernel), "float32", name="K")
    c = te.reduce_axis((0, channels), name="c")
    y = te.reduce_axis((0, kernel), name="y")
    x = te.reduce_axis((0, kernel), name="x")
    edge = size - kernel + 1
    output = te.compute(
        (1, out, edge, edge),
        lambda n, o, h, w: te.sum(image[n, c, h + y, w + x] * weight[o, c, y, x], axis=[c, y, x]),
        name="O",
    )
    return te.create_prim_func([image, weight, output])


def main():
    options = argparse.ArgumentParser()
    options.add_argument("layer", choices=sorted(MATRICES) + sorted(CONVOLUTIONS))
    options.add_argument("--trials", type=int, default=64)
    options.add_argument("--batch", type=int, default=64)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--cpu", default="znver4")
    options.add_argument("--mattr", default="")
    options.add_argument("--database", default="")
    given = options.parse_args()
    logging.getLogger("tvm").setLevel(logging.WARNING)

    start = time.time()
    measured = []

    def report():
        best = None
        curve = []
        for when, seconds in measured:
            if seconds is not None and (best is None or seconds < best):
                best = seconds
            curve.append([round(when, 2), best])
        print(json.dumps({"layer": given.layer, "trials": len(measured),
                          "failed": sum(seconds is None for _, seconds in measured), "seed": given.seed,
                          "version": tvm.__version__, "wall_seconds": time.time() - start, "curve": curve}),
              flush=True)

    @derived_object
    class Note(ms.measure_callback.PyMeasureCallback):
        def apply(self, scheduler, task, candidates, built, run):
            for result in run:
                seconds = sorted(float(each) for each in result.run_secs) if result.run_secs else []
                measured.append([time.time() - start, seconds[len(seconds) // 2] if seconds else None])
            report()

    target = {"kind": "llvm", "mcpu": given.cpu, "num-cores": 1}
    if given.mattr:
        target["mattr"] = given.mattr.split(",")
    with contextlib.nullcontext(given.database) if given.database else tempfile.TemporaryDirectory() as folder:
        ms.tune_tir(
            program(given.layer),
            target=tvm.target.Target(target),
            work_dir=folder,
            max_trials_global=given.trials,
            num_trials_per_iter=given.batch,
            num_tuning_cores=1,
            measure_callbacks=[ms.measure_callback.AddToDatabase(), ms.measure_callback.RemoveBuildArtifact(),
                               ms.measure_callback.UpdateCostModel(), Note()],
            seed=given.seed,
        )


if __name__ == "__main__":
    main()
