"""How do workflows run? In the SDK's sandbox, with what is pure of ours loaded once and not once a run."""

from __future__ import annotations

from typing import Any

from temporalio.bridge.proto.workflow_activation import WorkflowActivation
from temporalio.bridge.proto.workflow_completion import WorkflowActivationCompletion
from temporalio.converter import SerializationContext, StorageDriverStoreContext
from temporalio.worker import WorkflowInstance, WorkflowInstanceDetails
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions
from temporalio.workflow import Info

# The workflow's own module too: it keeps no state between runs, and reading it anew is a fifth of what a short run
# costs its sandbox. Builtins, and what is imported while a walk runs, stay restricted.
_PASSED_THROUGH = (
    *("regulars", "workflows", "activities"),
    *("whenever", "tzdata", "pydantic", "pydantic_core", "annotated_types"),
)


def sandbox() -> SandboxedWorkflowRunner:
    """The runner of every worker and of every replay."""
    return _PlainRunner(restrictions=SandboxRestrictions.default.with_passthrough_modules(*_PASSED_THROUGH))


class _PlainRunner(SandboxedWorkflowRunner):
    """The sandbox, less the search for contexts that our converters do not look at."""

    def create_instance(self, det: WorkflowInstanceDetails) -> WorkflowInstance:
        return _Plain(super().create_instance(det))


class _Plain(WorkflowInstance):
    """A sandboxed run that tells no contexts. For every payload, four times over, the SDK has code compiled and run in
    the sandbox to find for whom it is; neither our converters nor a codec of theirs ask."""

    def __init__(self, inner: WorkflowInstance) -> None:
        self._inner = inner

    def activate(self, act: WorkflowActivation) -> WorkflowActivationCompletion:
        return self._inner.activate(act)

    def get_info(self) -> Info:
        return self._inner.get_info()

    def get_thread_id(self) -> int | None:
        return self._inner.get_thread_id()

    def get_serialization_context(self, command_info: Any) -> SerializationContext | None:
        return None

    def get_external_store_context(self, command_info: Any) -> StorageDriverStoreContext:
        return StorageDriverStoreContext(target=None)
