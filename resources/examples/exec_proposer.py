#!/usr/bin/env python3
# SPDX-FileCopyrightText: 2026 Espalier developers
# SPDX-License-Identifier: Apache-2.0
"""A proposer of your own: espalier-cli tune llama3_8b_attention --proposer "exec:python3 exec_proposer.py"

Reads one JSON object a line (the context) and answers with one JSON object a line. Standard error is shown when it fails."""
import json
import random
import sys


def propose(context):
    tried = {item["proposed"] for attempt in context["attempts"] for item in attempt["items"]}
    examples = [action["example"] for action in context["legal_actions"] if action["example"]]
    fresh = [step for step in examples if step not in tried]
    if not fresh:
        return {"error": "everything that I know has been tried from this node"}
    step = random.Random(context["id"]).choice(fresh)
    words = "depth %d, %d steps are new here" % (context["node"]["depth"], len(fresh))
    return {"reasoning": words, "transformations": [step]}


for line in sys.stdin:
    request = json.loads(line)
    answer = propose(request)
    answer["id"] = request["id"]
    print(json.dumps(answer), flush=True)
