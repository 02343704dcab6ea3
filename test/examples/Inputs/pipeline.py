# pipeline.py FILE: runs the steps of a pipeline as its service would, one shell
# each, in the current directory: all of those that run always, the others until
# one failed. Exit status 1 when one did.
import re
import subprocess
import sys


def steps(path):
    with open(path) as file:
        text = file.read()
    if path.endswith("Jenkinsfile"):
        body, post = text.split("post {")
        return [(step, part is post) for part in (body, post) for step in re.findall(r"\bsh '(.*)'", part)]
    import yaml

    pipeline = yaml.safe_load(text)
    if "jobs" in pipeline:
        (job,) = pipeline["jobs"].values()
        return [(step["run"], step.get("if") == "always()") for step in job["steps"]]
    (job,) = pipeline.values()
    return [(step, False) for step in job["script"]] + [(step, True) for step in job["after_script"]]


failed = False
for step, always in steps(sys.argv[1]):
    if not failed or always:
        failed |= subprocess.run(["bash", "-e", "-o", "pipefail", "-c", step]).returncode != 0
sys.exit(failed)
