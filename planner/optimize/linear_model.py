"""Linear and integer programs, built from whole arrays and handed to HiGHS through MathOpt."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from ortools.math_opt import model_pb2
from ortools.math_opt.python import mathopt
from ortools.math_opt.solvers import highs_pb2

from planner.optimize.pricing import IntArray

FloatArray = NDArray[np.float64]

_PIVOTS = 20
"""Steps of the simplex method for each row, after which it is taken to go in circles."""


@dataclass(frozen=True, slots=True, eq=False)
class LinearSolution:
    """Values of all variables, the objective, and duals of all rows (empty for integer programs)."""

    values: FloatArray
    objective: float
    duals: FloatArray


class Relaxation:
    """A linear model solved again and again while the bounds of a few variables change.

    GLOP's dual simplex goes on from the last basis, which a presolve would throw away.
    """

    def __init__(self, model: mathopt.Model, changing: IntArray, rows: int) -> None:
        self._model = model
        self._changing = [model.get_variable(int(index)) for index in changing]
        self._rows = rows
        self._solver = mathopt.IncrementalSolver(model, mathopt.SolverType.GLOP)
        self._parameters = mathopt.SolveParameters(
            lp_algorithm=mathopt.LPAlgorithm.DUAL_SIMPLEX, presolve=mathopt.Emphasis.OFF
        )

    def solve(self, lower: IntArray, upper: IntArray) -> LinearSolution | None:
        """Minimize with the changing variables between the given bounds; None if infeasible."""
        for variable, low, high in zip(self._changing, lower.tolist(), upper.tolist(), strict=True):
            variable.lower_bound = low
            variable.upper_bound = high
        result = self._solver.solve(params=self._parameters)
        return _read_solution(result, self._model.get_num_variables(), self._rows)


def _read_solution(result: mathopt.SolveResult, variables: int, rows: int) -> LinearSolution | None:
    """Return values and duals as arrays; None where the result holds no solution."""
    if not result.has_primal_feasible_solution():
        return None
    values, duals = np.zeros(variables), np.zeros(rows)
    for variable, value in result.variable_values().items():
        values[variable.id] = value
    if result.has_dual_feasible_solution():
        for row, price in result.dual_values().items():
            duals[row.id] = price
    return LinearSolution(values, result.objective_value(), duals)


class LinearModel:
    """A model under construction; variables and rows are blocks of indices with a shape."""

    def __init__(self) -> None:
        self._variables = 0
        self._rows = 0
        self._bounds: list[tuple[FloatArray, FloatArray, FloatArray, NDArray[np.bool_]]] = []
        self._row_bounds: list[tuple[FloatArray, FloatArray]] = []
        self._entries: list[tuple[IntArray, IntArray, FloatArray]] = []

    @property
    def variable_count(self) -> int:
        """How many variables the model has."""
        return self._variables

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
        self._row_bounds.append(
            (
                np.broadcast_to(np.asarray(lower, dtype=float), shape).ravel(),
                np.broadcast_to(np.asarray(upper, dtype=float), shape).ravel(),
            )
        )
        self._rows += count
        return np.arange(self._rows - count, self._rows).reshape(shape)

    def add(self, rows: IntArray, variables: IntArray, coefficient: ArrayLike) -> None:
        """Put coefficients where rows and variables meet, broadcast against each other."""
        wide = np.broadcast_arrays(rows, variables, np.asarray(coefficient, dtype=float))
        self._entries.append((wide[0].ravel(), wide[1].ravel(), wide[2].ravel()))

    def solve(
        self, *, seed: int, node_limit: int | None = None, relative_gap: float = 1e-6
    ) -> LinearSolution | None:
        """Minimize with whole variables; None where there is no solution (within the node limit).

        One thread and no clock, so that the answer depends on nothing but the model and the seed.
        """
        highs = highs_pb2.HighsOptionsProto()
        highs.string_options["parallel"] = "off"
        parameters = mathopt.SolveParameters(
            highs=highs, random_seed=seed, node_limit=node_limit, relative_gap_tolerance=relative_gap
        )
        model = mathopt.Model.from_model_proto(self._proto())
        result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
        return _read_solution(result, self._variables, self._rows)

    def relaxation(self, changing: IntArray) -> Relaxation:
        """Return the model, whole variables or not, as one to be solved under changing bounds."""
        return Relaxation(mathopt.Model.from_model_proto(self._proto()), changing, self._rows)

    def solve_relaxation(self) -> LinearSolution | None:
        """Minimize once, whole variables or not; None where there is no solution.

        By an interior-point method, which large relaxations favor.
        """
        highs = highs_pb2.HighsOptionsProto()
        highs.string_options["parallel"] = "off"
        parameters = mathopt.SolveParameters(highs=highs, lp_algorithm=mathopt.LPAlgorithm.BARRIER)
        model = mathopt.Model.from_model_proto(self._proto())
        result = mathopt.solve(model, mathopt.SolverType.HIGHS, params=parameters)
        return _read_solution(result, self._variables, self._rows)

    def solve_by_simplex(self) -> LinearSolution | None:
        """Minimize once, whole variables or not; None where there is no solution.

        By GLOP's dual simplex, which some relaxations favor; where that goes in circles, as above.
        """
        parameters = mathopt.SolveParameters(
            lp_algorithm=mathopt.LPAlgorithm.DUAL_SIMPLEX,
            presolve=mathopt.Emphasis.OFF,
            iteration_limit=_PIVOTS * self._rows,
        )
        model = mathopt.Model.from_model_proto(self._proto())
        result = mathopt.solve(model, mathopt.SolverType.GLOP, params=parameters)
        if result.termination.reason is not mathopt.TerminationReason.OPTIMAL:
            return self.solve_relaxation()
        return _read_solution(result, self._variables, self._rows)

    def _proto(self) -> model_pb2.ModelProto:
        """Return the model as MathOpt's protocol buffer (its object API is slow at this size)."""
        proto = model_pb2.ModelProto()
        lower, upper, cost, integer = (np.concatenate(part) for part in zip(*self._bounds, strict=True))
        proto.variables.ids.extend(range(self._variables))
        proto.variables.lower_bounds.extend(lower)
        proto.variables.upper_bounds.extend(upper)
        proto.variables.integers.extend(integer.tolist())
        priced = np.nonzero(cost)[0]
        proto.objective.linear_coefficients.ids.extend(priced.tolist())
        proto.objective.linear_coefficients.values.extend(cost[priced])
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
