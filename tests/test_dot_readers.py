"""Other programs read the DOT that the planner writes: Graphviz itself, and pydot into networkx."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import networkx as nx
import pytest

from planner.model.plan import Plan
from planner.verify.folder import read_plan
from tests.conftest import ShippedPlan

DOT = shutil.which("dot")


@pytest.fixture(scope="module", params=["nvl36x2", "nvl144-scale-out"])
def folder(request: pytest.FixtureRequest, shipped_plan: ShippedPlan) -> Path:
    return shipped_plan(request.param)


@pytest.mark.skipif(DOT is None, reason="Graphviz is not installed")
def test_graphviz_reads_every_file(folder: Path, tmp_path: Path) -> None:
    sources = sorted(folder.glob("*.gv"))
    assert sources
    for source in sources:
        run = subprocess.run(
            [DOT or "", "-Tcanon", source, "-o", tmp_path / "read.gv"],
            check=True,
            capture_output=True,
            text=True,
        )
        assert run.stderr == "", source.name
        assert (tmp_path / "read.gv").stat().st_size > 0


@pytest.mark.filterwarnings("ignore::DeprecationWarning:pydot.*")  # of its own parser
def test_networkx_finds_every_run_and_device(folder: Path) -> None:
    """Identifiers are those of the cut sheet, so that a graph can be held against it."""
    pydot = pytest.importorskip("pydot")
    plan = read_plan(folder)
    assert isinstance(plan, Plan)
    (read,) = pydot.graph_from_dot_file(folder / "topology.gv")
    graph = nx.nx_pydot.from_pydot(read)
    edges = {plainly(one["id"]): one for _, _, one in graph.edges(data=True)}
    assert set(edges) == {run.cable_id for run in plan.runs} and len(edges) == graph.number_of_edges()
    for run in plan.runs:
        edge = edges[run.cable_id]
        assert (plainly(edge["medium"]), int(edge["plane"])) == (run.medium.value, run.plane)
        assert round(1000 * float(edge["routed_m"])) == run.routed_mm
    ends = {frozenset(map(plainly, pair)) for pair in graph.edges()}
    assert ends == {frozenset(f"{end.rack}-U{end.u:02d}" for end in (run.a, run.b)) for run in plan.runs}
    nodes = {plainly(name): one for name, one in graph.nodes(data=True)}
    for device in plan.devices:
        node = nodes[f"{device.rack}-U{device.u:02d}"]
        assert (plainly(node["rack"]), plainly(node["device"])) == (device.rack, device.device)


def plainly(text: str) -> str:
    return text.strip('"')
