"""Linear and integer programs, built from whole arrays and handed to HiGHS through MathOpt."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from ortools.math_opt import model_pb2, result_pb2, solution_pb2, sparse_containers_pb2
from ortools.math_opt.core.python import solver as compiled
from ortools.math_opt.python import mathopt
from ortools.math_opt.solvers import highs_pb2
from ortools.math_opt.solvers.gscip import gscip_pb2
from pybind11_abseil.status import StatusNotOk  # type: ignore[import-untyped]

from planner.optimize.pricing import IntArray
from planner.optimize.stop import left_s, unless_stopped

FloatArray = NDArray[np.float64]
Answer = TypeVar("Answer")

_SMALL_VARIABLES = 2000
"""Up to here the simplex method is faster than an interior-point method with its way back to a corner."""
_FIRST_OF_ALL = 100_000
"""A priority above those of all other ways to branch."""
_GLOP_ITERATIONS = 5000
_GLOP_ITERATIONS_PER_ROW = 20
"""Many times what a model needs: without a limit, GLOP has been seen not to end."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearSolution:
    """Values of all variables, the objective, and duals of all rows (empty for integer programs)."""

    values: FloatArray
    objective: float
    duals: FloatArray


def read_solution(
    result: result_pb2.SolveResultProto | None, variables: int, rows: int
) -> LinearSolution | None:
    """Return values and duals as arrays; None where the result holds no solution."""
    if result is None or not result.solutions:
        return None
    best = result.solutions[0]
    if best.primal_solution.feasibility_status != solution_pb2.SOLUTION_STATUS_FEASIBLE:
        return None
    values, duals = np.zeros(variables), np.zeros(rows)
    _fill(values, best.primal_solution.variable_values)
    if best.dual_solution.feasibility_status == solution_pb2.SOLUTION_STATUS_FEASIBLE:
        _fill(duals, best.dual_solution.dual_values)
    return LinearSolution(values, float(best.primal_solution.objective_value), duals)


def _fill(array: FloatArray, found: sparse_containers_pb2.SparseDoubleVectorProto) -> None:
    """Put the values of a sparse vector where they belong."""
    array[np.array(found.ids, dtype=np.int64)] = np.array(found.values)


def _run(
    build: Callable[[], model_pb2.ModelProto],
    solver: mathopt.SolverType,
    parameters: mathopt.SolveParameters,
    known: FloatArray | None = None,
) -> result_pb2.SolveResultProto | None:
    """Solve through the compiled interface: MathOpt's Python objects cost more than a small model does.

    None where the search is to end first. ``known`` are values of all variables to start from.
    """
    start = mathopt.ModelSolveParameters().to_proto()
    if known is not None:
        hint = start.solution_hints.add().variable_values
        hint.ids.extend(range(len(known)))
        hint.values.extend(known)
    return run_within(
        parameters,
        lambda: compiled.solve(
            build(),
            solver.value,
            mathopt.StreamableSolverInitArguments().to_proto(),
            parameters.to_proto(),
            start,
            None,
            mathopt.CallbackRegistration().to_proto(),
            None,
            None,
        ),
    )


def run_within(parameters: mathopt.SolveParameters, call: Callable[[], Answer]) -> Answer | None:
    """Let a solver run with these parameters; None where the search is to end first.

    It is told of a time limit, so that one left behind ends.
    """
    left = left_s()
    if left is not None:
        parameters.time_limit = timedelta(seconds=left)
    return unless_stopped(call)


def _highs() -> highs_pb2.HighsOptionsProto:
    """Return options of one thread, so that an answer depends on nothing but the model and the seed."""
    options = highs_pb2.HighsOptionsProto()
    options.string_options["parallel"] = "off"
    return options


def _scip() -> gscip_pb2.GScipParameters:
    """Return options that branch by what is known of variables: trying each is dear where nodes are few."""
    options = gscip_pb2.GScipParameters()
    options.int_params["branching/pscost/priority"] = _FIRST_OF_ALL
    options.int_params["parallel/maxnthreads"] = 1
    return options


class LinearModel:
    """A model under construction; variables and rows are blocks of indices with a shape."""

    def __init__(self) -> None:
        self._variables = 0
        self._rows = 0
        self._bounds: list[tuple[FloatArray, FloatArray, FloatArray, NDArray[np.bool_]]] = []
        self._row_bounds: list[tuple[FloatArray, FloatArray]] = []
        self._entries: list[tuple[IntArray, IntArray, FloatArray]] = []
        self._written: model_pb2.ModelProto | None = None

    @property
    def variable_count(self) -> int:
        """How many variables the model has."""
        return self._variables

    @property
    def row_count(self) -> int:
        """How many rows the model has."""
        return self._rows

    def variables(
        self,
        shape: tuple[int, ...],
        upper: ArrayLike,
        cost: ArrayLike,
        *,
        lower: ArrayLike = 0,
        integer: bool = False,
    ) -> IntArray:
        """Add a block of variables; bounds and cost broadcast to the shape. Returns their indices."""
        count = int(np.prod(shape))
        arrays = [np.broadcast_to(np.asarray(x, dtype=float), shape).ravel() for x in (lower, upper, cost)]
        self._bounds.append((arrays[0], arrays[1], arrays[2], np.full(count, integer)))
        self._variables += count
        return np.arange(self._variables - count, self._variables).reshape(shape)

    def rows(self, shape: tuple[int, ...], lower: ArrayLike, upper: ArrayLike) -> IntArray:
        """Add a block of rows with their bounds. Returns their indices, to be filled by ``add``."""
        count = int(np.prod(shape))
        self._written = None
        self._row_bounds.append(
            (
                np.broadcast_to(np.asarray(lower, dtype=float), shape).ravel(),
                np.broadcast_to(np.asarray(upper, dtype=float), shape).ravel(),
            )
        )
        self._rows += count
        return np.arange(self._rows - count, self._rows).reshape(shape)

    def reprice(self, variables: IntArray, cost: FloatArray) -> None:
        """Give variables another cost."""
        self._merged()[2][variables] = cost

    def rebound(self, variables: IntArray, lower: FloatArray, upper: FloatArray) -> None:
        """Give variables other bounds."""
        merged = self._merged()
        merged[0][variables], merged[1][variables] = lower, upper

    def column_entries(self, variables: IntArray) -> tuple[IntArray, IntArray, FloatArray]:
        """Return rows and coefficients of variables: index into ``variables``, row, coefficient."""
        place = np.full(self._variables, -1)
        place[variables] = np.arange(len(variables))
        rows, columns, values = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        inside = place[columns] >= 0
        return place[columns[inside]], rows[inside], values[inside]

    def _merged(self) -> tuple[FloatArray, FloatArray, FloatArray, NDArray[np.bool_]]:
        """Return bounds, costs and wholeness of all variables as arrays that may be changed."""
        if len(self._bounds) > 1 or not all(part.flags.writeable for part in self._bounds[0]):
            lower, upper, cost, integer = zip(*self._bounds, strict=True)
            self._bounds = [
                (np.concatenate(lower), np.concatenate(upper), np.concatenate(cost), np.concatenate(integer))
            ]
        return self._bounds[0]

    def add(self, rows: IntArray, variables: IntArray, coefficient: ArrayLike) -> None:
        """Put coefficients where rows and variables meet, broadcast against each other."""
        wide = np.broadcast_arrays(rows, variables, np.asarray(coefficient, dtype=float))
        self._written = None
        self._entries.append((wide[0].ravel(), wide[1].ravel(), wide[2].ravel()))

    def solve(
        self,
        *,
        seed: int,
        node_limit: int | None = None,
        relative_gap: float = 1e-6,
        is_tight: bool = False,
        is_reduced: bool = True,
        known: FloatArray | None = None,
    ) -> LinearSolution | None:
        """Minimize with whole variables; None where there is no solution (within the node limit).

        SCIP's heuristics go by the work done so far; those of HiGHS at the root have no bound, and find more
        of what fits: ``is_tight`` tells whether hardly anything does. ``is_reduced`` tells whether SCIP's
        presolve pays: among thousands of columns it looks for cliques for longer than the rest takes.
        ``known`` are values of all variables to start from.
        """
        parameters = mathopt.SolveParameters(
            gscip=_scip(),
            highs=_highs(),
            random_seed=seed,
            node_limit=node_limit,
            relative_gap_tolerance=relative_gap,
            presolve=None if is_reduced else mathopt.Emphasis.OFF,
        )
        solver = mathopt.SolverType.HIGHS if is_tight else mathopt.SolverType.GSCIP
        result = _run(self.proto, solver, parameters, known)
        return read_solution(result, self._variables, self._rows)

    def solve_relaxation(self) -> LinearSolution | None:
        """Minimize, whole variables or not; None where there is no solution.

        By the simplex method or, above a size, by an interior-point method.
        """
        large = self._variables > _SMALL_VARIABLES
        method = mathopt.LPAlgorithm.BARRIER if large else mathopt.LPAlgorithm.DUAL_SIMPLEX
        parameters = mathopt.SolveParameters(highs=_highs(), lp_algorithm=method)
        result = _run(self.proto, mathopt.SolverType.HIGHS, parameters)
        return read_solution(result, self._variables, self._rows)

    def solve_by_simplex(self) -> LinearSolution | None:
        """Minimize, whole variables or not; None where there is no solution.

        GLOP without presolve is fastest for models of some hundred variables, and for some large ones;
        now and then it gives up or goes in circles, and HiGHS takes over.
        """
        parameters = mathopt.SolveParameters(
            lp_algorithm=mathopt.LPAlgorithm.DUAL_SIMPLEX,
            presolve=mathopt.Emphasis.OFF,
            iteration_limit=max(_GLOP_ITERATIONS, _GLOP_ITERATIONS_PER_ROW * self._rows),
        )
        try:
            result = _run(self.proto, mathopt.SolverType.GLOP, parameters)
        except StatusNotOk:
            return self.solve_relaxation()
        if result is not None and result.termination.reason == result_pb2.TERMINATION_REASON_OPTIMAL:
            return read_solution(result, self._variables, self._rows)
        return self.solve_relaxation()

    def proto(self) -> model_pb2.ModelProto:
        """Return the model as MathOpt's protocol buffer (its object API is slow at this size)."""
        if self._written is None:
            self._written = self._write_rows()
        proto = model_pb2.ModelProto()
        proto.CopyFrom(self._written)
        lower, upper, cost, integer = self._merged()
        proto.variables.ids.extend(range(self._variables))
        proto.variables.lower_bounds.extend(lower)
        proto.variables.upper_bounds.extend(upper)
        proto.variables.integers.extend(integer.tolist())
        priced = np.nonzero(cost)[0]
        proto.objective.linear_coefficients.ids.extend(priced.tolist())
        proto.objective.linear_coefficients.values.extend(cost[priced])
        return proto

    def _write_rows(self) -> model_pb2.ModelProto:
        """Return the model's rows alone, which stay when costs and bounds change."""
        proto = model_pb2.ModelProto()
        row_lower, row_upper = (np.concatenate(part) for part in zip(*self._row_bounds, strict=True))
        proto.linear_constraints.ids.extend(range(self._rows))
        proto.linear_constraints.lower_bounds.extend(row_lower)
        proto.linear_constraints.upper_bounds.extend(row_upper)
        rows, columns, values = (np.concatenate(part) for part in zip(*self._entries, strict=True))
        order = np.lexsort((columns, rows))
        rows, columns, values = rows[order], columns[order], values[order]
        # Where a variable was put into a row several times, its coefficients add up.
        first = np.flatnonzero(np.diff(rows, prepend=-1) | np.diff(columns, prepend=-1))
        matrix = proto.linear_constraint_matrix
        matrix.row_ids.extend(rows[first].tolist())
        matrix.column_ids.extend(columns[first].tolist())
        matrix.coefficients.extend(np.add.reduceat(values, first) if len(values) else values)
        return proto
