# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
"""Tunes one layer with TVM's own MetaSchedule and prints a line of JSON after each batch: best time after each trial so far.
The last line counts.

    python metaschedule.py LAYER --trials 64 [--seed 1] [--cpu znver4] [--mattr +avx512f,...] [--threads 1]
                           [--database DIR] [--serve DIR]

With --database the records stay in the folder, and what lies there already counts as trials.

With --serve (which needs --database) it then builds the best record, reads the inputs from A.npy, B.npy (convolutions: I.npy,
K.npy) of that folder, prints a line {"ready": true, ...} and answers lines on its standard input: `time N` with the
seconds of one of N executions, `output` with a line after it has written the output to output.npy of the folder.

Runs under the Python of a virtual environment that holds TVM (0.20 or later) and xgboost.
"""

import argparse
import json
import logging
import os
import sys
import tempfile
import time

import numpy
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


def tensors_of(layer):
    """Names of the inputs; shapes of the inputs and the output."""
    if layer in MATRICES:
        rows, columns, depth = MATRICES[layer]
        return ["A", "B"], [(rows, depth), (depth, columns), (rows, columns)]
    channels, out, size, kernel = CONVOLUTIONS[layer]
    edge = size - kernel + 1
    return ["I", "K"], [(1, channels, size, size), (out, channels, kernel, kernel), (1, out, edge, edge)]


def target_of(given):
    target = {"kind": "llvm", "mcpu": given.cpu, "num-cores": given.threads}
    if given.mattr:
        target["mattr"] = given.mattr.split(",")
    return tvm.target.Target(target)


def tune(given, trials, folder):
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

    ms.tune_tir(
        program(given.layer),
        target=target_of(given),
        work_dir=folder,
        max_trials_global=trials,
        num_trials_per_iter=given.batch,
        num_tuning_cores=1,
        measure_callbacks=[ms.measure_callback.AddToDatabase(), ms.measure_callback.RemoveBuildArtifact(),
                           ms.measure_callback.UpdateCostModel(), Note()],
        seed=given.seed,
    )


def serve(given):
    database = ms.database.JSONDatabase(work_dir=given.database)
    target = target_of(given)
    schedule = ms.tir_integration.compile_tir(database, program(given.layer), target)
    module = tvm.compile(schedule.mod, target).jit()
    tensor = getattr(tvm.runtime, "tensor", None) or tvm.nd.array
    names, shapes = tensors_of(given.layer)
    device = tvm.cpu()
    tensors = []
    for name, shape in zip(names, shapes):
        values = numpy.load(os.path.join(given.serve, name + ".npy")).reshape(shape)
        tensors.append(tensor(values, device))
    tensors.append(tensor(numpy.zeros(shapes[-1], "float32"), device))
    print(json.dumps({"ready": True, "trials": len(database), "version": tvm.__version__}), flush=True)
    for line in sys.stdin:
        words = line.split()
        if words[:1] == ["time"]:
            timer = module.time_evaluator("main", device, number=int(words[1]), repeat=1)
            print(json.dumps({"seconds": float(timer(*tensors).mean)}), flush=True)
        elif words == ["output"]:
            module["main"](*tensors)
            numpy.save(os.path.join(given.serve, "output.npy"), tensors[-1].numpy())
            print(json.dumps({"saved": True}), flush=True)


def main():
    options = argparse.ArgumentParser()
    options.add_argument("layer", choices=sorted(MATRICES) + sorted(CONVOLUTIONS))
    options.add_argument("--trials", type=int, default=64)
    options.add_argument("--batch", type=int, default=64)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--cpu", default="znver4")
    options.add_argument("--mattr", default="")
    options.add_argument("--threads", type=int, default=1)
    options.add_argument("--database", default="")
    options.add_argument("--serve", default="", metavar="DIR")
    given = options.parse_args()
    if given.serve and not given.database:
        options.error("--serve needs --database")
    logging.getLogger("tvm").setLevel(logging.WARNING)
    if not given.database:
        with tempfile.TemporaryDirectory() as folder:
            tune(given, given.trials, folder)
        return
    os.makedirs(given.database, exist_ok=True)
    trials = given.trials - len(ms.database.JSONDatabase(work_dir=given.database))
    if trials > 0:
        tune(given, trials, given.database)
    if given.serve:
        serve(given)


if __name__ == "__main__":
    main()
