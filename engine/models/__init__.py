"""The tables: plain declarative models, one family a file. No query lives here; it lives in its noun's module."""

from engine.models.access_token import AccessToken
from engine.models.archive_entry import ArchiveEntry, ArchiveFile
from engine.models.attachment import Attachment, StoredFile
from engine.models.base import Base, Instant, Key, Value
from engine.models.delivery import Delivery, NotificationChannel
from engine.models.deployment import (
    DecisionDefinition,
    Deployment,
    DeploymentBinding,
    FormDefinition,
    ProcessDefinition,
    Resource,
)
from engine.models.draft import Draft, DraftApproval, DraftFile, DraftRun, ProcessOwner
from engine.models.employment import Employment, HeadcountPlan
from engine.models.history_event import HistoryEvent, Journal, PersonalValue, Seal, SealedHead
from engine.models.incident import Incident
from engine.models.job import Job, Message, MessageReceipt, Subscription
from engine.models.ledger_entry import LedgerEntry
from engine.models.matter_link import MatterLink
from engine.models.matter_record import MatterAmount, MatterRecord, MatterView, StepFigure
from engine.models.organisation import (
    Absence,
    Assignment,
    CalendarDay,
    Delegation,
    Notification,
    OrganisationRevision,
    Person,
    PersonSession,
    Post,
    Unit,
)
from engine.models.process_instance import Counter, ProcessInstance, Variable
from engine.models.schedule import Schedule
from engine.models.sign_in_failures import SignInFailures
from engine.models.user_task import UserTask, UserTaskCandidate, UserTaskMute

__all__ = [
    "Absence",
    "AccessToken",
    "ArchiveEntry",
    "ArchiveFile",
    "Assignment",
    "Attachment",
    "Base",
    "CalendarDay",
    "Counter",
    "DecisionDefinition",
    "Delegation",
    "Delivery",
    "Deployment",
    "DeploymentBinding",
    "Draft",
    "DraftApproval",
    "DraftFile",
    "DraftRun",
    "Employment",
    "FormDefinition",
    "HeadcountPlan",
    "HistoryEvent",
    "Incident",
    "Instant",
    "Job",
    "Journal",
    "Key",
    "LedgerEntry",
    "MatterAmount",
    "MatterLink",
    "MatterRecord",
    "MatterView",
    "Message",
    "MessageReceipt",
    "Notification",
    "NotificationChannel",
    "OrganisationRevision",
    "Person",
    "PersonSession",
    "PersonalValue",
    "Post",
    "ProcessDefinition",
    "ProcessInstance",
    "ProcessOwner",
    "Resource",
    "Schedule",
    "Seal",
    "SealedHead",
    "SignInFailures",
    "StepFigure",
    "StoredFile",
    "Subscription",
    "Unit",
    "UserTask",
    "UserTaskCandidate",
    "UserTaskMute",
    "Value",
    "Variable",
]
