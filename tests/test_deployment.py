"""The deployment files, held against what Prefect and Docker read; compose.yaml and the Dockerfile are not run."""

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml
from prefect import Flow
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.schedules import CronSchedule
from prefect.events import DeploymentEventTrigger

ROOT = Path(__file__).parents[1]
PREFECT: dict[str, Any] = yaml.safe_load((ROOT / "prefect.yaml").read_text(encoding="utf-8"))
COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
DEPLOYMENTS = {deployment["name"]: deployment for deployment in PREFECT["deployments"]}
READ_BY_PREFECT = {
    "name",
    "description",
    "entrypoint",
    "parameters",
    "schedules",
    "triggers",
    "work_pool",
    "tags",
}


@pytest.mark.parametrize("name", DEPLOYMENTS)
def test_a_deployment_says_only_what_prefect_reads(name: str) -> None:
    """Prefect ignores a key that it does not know, so a slip of the pen would go unseen."""
    deployment = DEPLOYMENTS[name]
    assert set(deployment) <= READ_BY_PREFECT
    file, flow = deployment["entrypoint"].split(":")
    made = getattr(import_module(f"hubbub.{Path(file).with_suffix('').as_posix().replace('/', '.')}"), flow)
    assert isinstance(made, Flow)
    assert set(deployment["parameters"]) <= set(made.parameters.properties)
    for schedule in deployment.get("schedules", []):
        DeploymentScheduleCreate(
            slug=schedule["slug"], schedule=CronSchedule(cron=schedule["cron"], timezone=schedule["timezone"])
        )
    for trigger in deployment.get("triggers", []):
        assert DeploymentEventTrigger.model_validate(trigger).match_related


def test_collect_is_scheduled_and_alerts_follow_it() -> None:
    assert DEPLOYMENTS["collect"]["schedules"]
    [trigger] = DEPLOYMENTS["raise-alerts"]["triggers"]
    assert trigger["match_related"] == {
        "prefect.resource.role": "deployment",
        "prefect.resource.name": DEPLOYMENTS["collect"]["name"],
    }
    assert {event.rsplit(".", 1)[1] for event in trigger["expect"]} == {"Completed", "Failed", "Crashed"}


def test_alerts_have_a_schedule_of_their_own_where_no_trigger_fires() -> None:
    assert DEPLOYMENTS["raise-alerts"]["schedules"]


def test_compose_starts_what_the_readme_names() -> None:
    services = COMPOSE["services"]
    assert set(services) == {"elasticsearch", "kibana", "postgres", "prefect", "worker"}
    for name, service in services.items():
        assert ("image" in service) != ("build" in service), name
        if "image" in service:
            assert re.search(r":\d", service["image"]), f"{name} is pinned to a version"
        for needed, how in service.get("depends_on", {}).items():
            assert "healthcheck" in services[needed] or how["condition"] == "service_started", (
                f"{name} waits for {needed}"
            )
        for port in service.get("ports", []):
            assert port.startswith("127.0.0.1:"), f"{name} is open to this machine alone"
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            assert source.startswith("./") or source in COMPOSE["volumes"]
    stack = services["elasticsearch"]["image"].split(":")[1]
    assert services["kibana"]["image"].endswith(stack)


def test_the_image_installs_the_pinned_versions_and_runs_as_somebody_harmless() -> None:
    lines = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert "--constraint constraints.txt" in lines
    assert re.search(r"^USER (?!root)", lines, re.MULTILINE)
    minimum = re.search(r"FROM python:(\d+)\.(\d+)", lines)
    assert minimum and (int(minimum[1]), int(minimum[2])) >= (3, 11)


def test_torch_is_pinned_in_the_constraints() -> None:
    pins = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    assert "torch==2.13.0" in pins
    assert all(re.fullmatch(r"[a-z0-9._-]+==[^ ]+", pin) for pin in pins if pin and not pin.startswith("#"))
