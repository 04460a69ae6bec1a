"""Grades a notebook for Classroom 50, whose runner starts this file in a student's checkout.

It belongs to CLASSROOM/autograders/ASSIGNMENT/autograder.py in the repository classroom50; the first three names below are yours to change.
Everybody can read it there, and a student may run it changed: it holds no secret, and a person looks at surprising results.
"""

import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

REPOSITORY = "https://github.com/OWNER/DistillKit.Notebooks"
COMMIT = "0000000000000000000000000000000000000000"  # the version that your course uses, in full
NOTEBOOK = "06-quantization-first-principles.ipynb"
PROFILE = "smoke"  # made-up images: CIFAR-10 would take minutes of the runner's fifteen


def run(*command, **options):
    print("+", *command, flush=True)
    return subprocess.run([str(part) for part in command], check=True, **options)


def check_out(folder):
    run("git", "init", "--quiet", folder)
    run("git", "-C", folder, "fetch", "--quiet", "--depth", "1", REPOSITORY, COMMIT)
    run("git", "-C", folder, "checkout", "--quiet", "FETCH_HEAD")


def allow_namespaces():
    """Ubuntu 24.04 keeps them from programs that are not root; the grader runs a student's code in some of its own."""
    if shutil.which("sudo"):
        subprocess.run(["sudo", "-n", "sysctl", "-q", "-w", "kernel.apparmor_restrict_unprivileged_userns=0"], check=False)


def collect(student, folder):
    """Copies the notebooks, and nothing else of the student's."""
    folder.mkdir(parents=True)
    for file in student.rglob("*.ipynb"):
        inside = file.relative_to(student)
        if file.is_file() and not file.is_symlink() and not any(part.startswith(".") for part in inside.parts):
            target = folder / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, target)


def put(target, text):
    """Writes a file of the checkout anew, whatever the student has put there."""
    if target.is_dir() and not target.is_symlink():
        shutil.rmtree(target)
    target.unlink(missing_ok=True)
    target.write_text(text, encoding="utf-8")


def main():
    student, owner = pathlib.Path.cwd(), os.environ["OWNER"]
    work = pathlib.Path(tempfile.mkdtemp(dir=os.environ.get("RUNNER_TEMP")))
    check_out(work / "distillkit")
    collect(student, work / "submissions" / owner)
    allow_namespaces()
    run(work / "distillkit" / "distillkit", "grade", work / "submissions", "--key", work / "distillkit" / "notebooks" / NOTEBOOK,
        "-o", work / "grades", "--profile", PROFILE, "--unconfined")  # this machine is lost afterwards

    result = json.loads((work / "grades" / "results" / owner / "result.json").read_text(encoding="utf-8"))
    if not result["tests"]:
        sys.exit("Nothing was graded.")  # without tests the runner would take it for a pass
    names = {"classroom": "CLASSROOM", "assignment": "ASSIGNMENT", "assignment_type": "ASSIGNMENT_TYPE", "owner": "OWNER",
             "submission": "SUBMISSION_TAG", "commit": "COMMIT_URL", "release": "RELEASE_URL", "review": "REVIEW_URL"}
    result.update({field: os.environ[name] for field, name in names.items()})
    put(student / "result.json", json.dumps(result, indent=2) + "\n")
    put(student / "feedback.html", (work / "grades" / "feedback" / f"{owner}.html").read_text(encoding="utf-8"))


if __name__ == "__main__":
    main()
