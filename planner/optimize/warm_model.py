"""A linear program that is solved again and again while its costs, bounds and columns change.

GLOP starts each time from the corner that it found before, which takes a fraction of a cold start.
"""

from __future__ import annotations

import numpy as np
from ortools.math_opt import model_update_pb2, result_pb2
from ortools.math_opt.core.python import solver as compiled
from ortools.math_opt.python import mathopt
from pybind11_abseil.status import StatusNotOk  # type: ignore[import-untyped]

from planner.optimize.linear_model import FloatArray, LinearModel, LinearSolution, read_solution, run_within
from planner.optimize.pricing import IntArray

_ITERATIONS_PER_ROW = 20
_LEAST_ITERATIONS = 5000
"""Many times what a step needs: without a limit, GLOP has been seen not to end."""


class WarmModel:
    """A model handed over with all its rows; variables may be added to them.

    GLOP is given so many iterations at a time, by default far more than it needs.
    """

    def __init__(self, model: LinearModel, iterations: int | None = None) -> None:
        self._model = model
        self._iterations = iterations or max(_LEAST_ITERATIONS, _ITERATIONS_PER_ROW * model.row_count)
        self._solver: compiled.Solver | None = None
        self._are_bounds_new = False

    def reprice(self, variables: IntArray, cost: FloatArray) -> None:
        """Give variables another cost."""
        self._model.reprice(variables, cost)
        if self._solver is not None:
            update = model_update_pb2.ModelUpdateProto()
            update.objective_updates.linear_coefficients.ids.extend(variables.tolist())
            update.objective_updates.linear_coefficients.values.extend(cost)
            self._update(update)

    def rebound(self, variables: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Give variables other bounds."""
        self._model.rebound(variables, lower, upper)
        self._are_bounds_new = True
        if self._solver is not None:
            update = model_update_pb2.ModelUpdateProto()
            for bounds, values in (
                (update.variable_updates.lower_bounds, lower),
                (update.variable_updates.upper_bounds, upper),
            ):
                bounds.ids.extend(variables.tolist())
                bounds.values.extend(values)
            self._update(update)

    def add_columns(
        self, cost: FloatArray, column: IntArray, row: IntArray, coefficient: FloatArray
    ) -> IntArray:
        """Add variables of at least 0; entries name columns from 0, each row once. Returns their indices."""
        added = self._model.variables(cost.shape, np.inf, cost)
        self._model.add(row, added[column], coefficient)
        if self._solver is not None:
            update = model_update_pb2.ModelUpdateProto()
            ids = added.tolist()
            update.new_variables.ids.extend(ids)
            update.new_variables.lower_bounds.extend(np.zeros(len(ids)))
            update.new_variables.upper_bounds.extend(np.full(len(ids), np.inf))
            update.new_variables.integers.extend([False] * len(ids))
            update.objective_updates.linear_coefficients.ids.extend(ids)
            update.objective_updates.linear_coefficients.values.extend(cost)
            order = np.lexsort((column, row))
            matrix = update.linear_constraint_matrix_updates
            matrix.row_ids.extend(row[order].tolist())
            matrix.column_ids.extend(added[column[order]].tolist())
            matrix.coefficients.extend(coefficient[order])
            self._update(update)
        return added

    def solve(self) -> LinearSolution | None:
        """Minimize; None where there is no solution. Where GLOP gives up, HiGHS solves from nothing."""
        # After new bounds the corner known is out of them; after new costs and columns it is dear.
        dual, primal = mathopt.LPAlgorithm.DUAL_SIMPLEX, mathopt.LPAlgorithm.PRIMAL_SIMPLEX
        rows = self._model.row_count
        parameters = mathopt.SolveParameters(
            lp_algorithm=dual if self._are_bounds_new else primal,
            presolve=mathopt.Emphasis.OFF,
            iteration_limit=self._iterations,
        )
        self._are_bounds_new = False
        result = self._run(parameters)
        if result is None or result.termination.reason != result_pb2.TERMINATION_REASON_OPTIMAL:
            self._solver = None
            return self._model.solve_relaxation()
        return read_solution(result, self._model.variable_count, rows)

    def _run(self, parameters: mathopt.SolveParameters) -> result_pb2.SolveResultProto | None:
        """Solve; None where GLOP cannot, or where the search is to end first."""
        try:
            answer = run_within(parameters, lambda: self._answer(parameters))
        except StatusNotOk:
            return None
        if answer is None:
            return None
        self._solver, result = answer
        return result

    def _answer(
        self, parameters: mathopt.SolveParameters
    ) -> tuple[compiled.Solver, result_pb2.SolveResultProto]:
        """Return the solver, new where there was none, and what it finds."""
        solver = self._solver or compiled.new(
            mathopt.SolverType.GLOP.value,
            self._model.proto(),
            mathopt.StreamableSolverInitArguments().to_proto(),
        )
        result = solver.solve(
            parameters.to_proto(),
            mathopt.ModelSolveParameters().to_proto(),
            None,
            mathopt.CallbackRegistration().to_proto(),
            None,
            None,
        )
        return solver, result

    def _update(self, update: model_update_pb2.ModelUpdateProto) -> None:
        """Tell the solver; where it cannot take that, it starts anew."""
        if self._solver is not None and not self._solver.update(update):
            self._solver = None
