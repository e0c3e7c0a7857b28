"""Checks a plan with code of its own.

``check.verify_plan`` takes a plan, ``check.verify_folder`` the folder it was written to. Nothing here
comes from the stages that make plans: units and planes, places and heights, routes, lengths, prices,
sums and the lower bound are derived again from the inputs embedded in the plan.

What is not checked:

- that the embedded inputs are those of the user's files: their hash cannot be recomputed from the plan;
- the inputs themselves (overlapping racks, a rack type with more devices than units, doubtful prices):
  the inputs stage does so before anything is planned;
- cooling, bend radius, delay, and the weight of cables;
- canonical order of lists, sensible order of installation, the tie-break between plans of equal cost;
- that baselines can be built (only that none is below the bound), seed, versions, the list of assumptions,
  and findings other than those about overfull segments;
- what the plan says its bound covers, beyond saying something where fabrics are planned in turn: a later
  fabric's bound is proved given what the earlier ones placed in the same racks or below it;
- what light loses where no transceiver of an option states a budget, or no passive device is in between;
- segment names beyond being unique and one word; pictures.

A bound proved here counts each run's cheapest medium and the least lengths over all declared routes, so
it can only be lower than what the same numbers prove over fewer routes.
"""
