"""nbgrader for this curriculum: copy it to the folder of your course. `c` is nbgrader's; how to use it: grading.md.

The points of exercises come from `./distillkit grade`, which writes RESULTS/results/STUDENT/result.json. nbgrader's own grading would
give all of them to everybody: a test in these notebooks shows what is wrong, and throws nothing.
"""

import json
import os
import pathlib

from nbformat.v4 import new_output
from nbgrader.preprocessors import (CheckCellMetadata, ClearHiddenTests, ClearOutput, ClearSolutions, ComputeChecksums, LockCells,
                                    NbGraderPreprocessor, SaveAutoGrades, SaveCells)
from nbgrader.utils import is_grade, is_solution

c = get_config()  # noqa: F821

c.CourseDirectory.course_id = "distillkit"
# Where `./distillkit grade ... -o RESULTS` wrote to: beside this file, or where the variable says.
RESULTS = pathlib.Path(os.environ.get("DISTILLKIT_GRADES", "grades"))

# The keys are the languages of the notebooks' kernels (metadata.kernelspec.language). All of ours are C#; no cell in F# has a solution.
c.ClearSolutions.code_stub = {
    "C#": "// Your code.\nthrow new NotImplementedException();",
    "F#": "// Your code.\nraise (System.NotImplementedException())",
}
c.ClearSolutions.text_stub = "*Your answer.*"
c.ClearSolutions.begin_solution_delimeter = "### BEGIN SOLUTION"
c.ClearSolutions.end_solution_delimeter = "### END SOLUTION"
c.ClearHiddenTests.begin_test_delimeter = "### BEGIN HIDDEN TESTS"
c.ClearHiddenTests.end_test_delimeter = "### END HIDDEN TESTS"

# For `nbgrader validate`, which runs a notebook: training takes minutes.
c.Execute.kernel_name = ".net-csharp"
c.Execute.timeout = 1800


class OpenBlanks(NbGraderPreprocessor):
    """At the left edge no function has to return something: there a blank must not throw. The grader's notes go, too."""

    def preprocess_cell(self, cell, resources, index):
        cell.metadata.pop("distillkit", None)
        if cell.cell_type == "code" and is_solution(cell):
            cell.source = cell.source.replace("\n" + c.ClearSolutions.code_stub[resources["language"]], "")
        return cell, resources


class TakePoints(NbGraderPreprocessor):
    """Puts the grader's points where nbgrader looks for them: a test's result is its number of points."""

    def preprocess(self, nb, resources):
        file = RESULTS / "results" / resources["nbgrader"]["student"] / "result.json"
        tests = json.loads(file.read_text(encoding="utf-8"))["tests"]
        resources["points"] = {test["test-name"]: test.get("exact", test["score"]) for test in tests}
        return super().preprocess(nb, resources)

    def preprocess_cell(self, cell, resources, index):
        if cell.cell_type == "code" and is_grade(cell):
            points = resources["points"][cell.metadata.nbgrader["grade_id"].removesuffix("-test")]
            cell.outputs = [new_output("execute_result", {"text/plain": str(points)}, execution_count=1)]
        return cell, resources


# nbgrader's own steps, with one more after ClearSolutions.
c.GenerateAssignment.preprocessors = [
    LockCells, ClearSolutions, OpenBlanks, ClearOutput, CheckCellMetadata, ComputeChecksums, SaveCells, ClearHiddenTests, ComputeChecksums,
    CheckCellMetadata,
]
# Nothing is executed here.
c.Autograde.autograde_preprocessors = [TakePoints, SaveAutoGrades]
