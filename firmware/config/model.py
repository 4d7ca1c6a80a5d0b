# SPDX-License-Identifier: GPL-2.0-or-later
"""The whole configuration, and who is who in it.

`check` is the way to make one; nothing else guards what its types cannot say (see `checks`).
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field

from firmware.config.acme import Acme
from firmware.config.alarms import AlarmChannel
from firmware.config.backup import Backup, BackupTarget
from firmware.config.board import Board
from firmware.config.cellular import Cellular
from firmware.config.emergency import Emergency
from firmware.config.extensions import Extension
from firmware.config.features import FEATURES
from firmware.config.groups import Conference, Group, Paging
from firmware.config.lan import Network
from firmware.config.limits import Disa, NumberLists, Tolls
from firmware.config.lines import Line
from firmware.config.menus import Ivr, Prompts
from firmware.config.modems import Modem
from firmware.config.network import Api, Cloud, Edge, Web, Webhook
from firmware.config.queues import Agent, Queue
from firmware.config.recordings import Recordings
from firmware.config.reports import ScheduledReport
from firmware.config.routes import Outbound, Route, Schedule
from firmware.config.site import Phones, Site
from firmware.config.smdr import Smdr
from firmware.config.trunks import Trunk
from firmware.config.update import Update
from firmware.config.values import Section, Several, matching
from firmware.config.voicemail import Mail
from firmware.config.waiting import Survey
from firmware.config.wrap_up import Disposition, PauseReason


def _features(codes: dict[str, str]) -> dict[str, str]:
    unknown = sorted(set(codes) - set(FEATURES))
    if unknown:
        raise ValueError(f'"{unknown[0]}" is no feature; use one of {", ".join(FEATURES)}')
    return codes


FeatureCode = Annotated[str, matching(r"([*#][0-9*#]{1,5})?", "* or # and up to 5 more, or nothing to switch it off")]


class Config(Section):
    """The whole configuration; each table of the file under its plural.

    What is asked for by its key is None where there is no such thing.
    """

    site: Site = Field(default_factory=Site)
    extensions: Several[Extension] = Field(default=(), alias="extension")
    lines: Several[Line] = Field(default=(), alias="line")
    trunks: Several[Trunk] = Field(default=(), alias="trunk")
    agents: Several[Agent] = Field(default=(), alias="agent")
    queues: Several[Queue] = Field(default=(), alias="queue")
    conferences: Several[Conference] = Field(default=(), alias="conference")
    groups: Several[Group] = Field(default=(), alias="group")
    pagings: Several[Paging] = Field(default=(), alias="paging")
    ivrs: Several[Ivr] = Field(default=(), alias="ivr")
    prompts: Prompts = Field(default_factory=Prompts)
    mail: Mail | None = None
    routes: Several[Route] = Field(default=(), alias="route")
    outbound: Several[Outbound] = ()
    schedules: Several[Schedule] = Field(default=(), alias="schedule")
    disa: Several[Disa] = ()
    surveys: Several[Survey] = Field(default=(), alias="survey")
    pause_reasons: Several[PauseReason] = Field(default=(), alias="pause_reason")
    dispositions: Several[Disposition] = Field(default=(), alias="disposition")
    numbers: NumberLists = Field(default_factory=NumberLists)
    emergency: Emergency = Field(default_factory=Emergency)
    tolls: Tolls = Field(default_factory=Tolls)
    network: Network | None = None
    edge: Edge = Field(default_factory=Edge)
    web: Web = Field(default_factory=Web)
    acme: Acme = Field(default_factory=Acme)
    phones: Phones = Field(default_factory=Phones)
    features: Annotated[dict[str, FeatureCode], AfterValidator(_features)] = Field(default_factory=dict)
    recordings: Recordings = Field(default_factory=Recordings)
    api: Api = Field(default_factory=Api)
    cloud: Cloud | None = None
    webhooks: Several[Webhook] = Field(default=(), alias="webhook")
    smdr: Smdr | None = None
    cellular: Several[Cellular] = ()
    modems: Several[Modem] = Field(default=(), alias="modem")
    reports: Several[ScheduledReport] = Field(default=(), alias="report")
    alarm_channels: Several[AlarmChannel] = Field(default=(), alias="alarm_channel")
    board: Board = Field(default_factory=Board)
    backup: Backup = Field(default_factory=Backup)
    backup_targets: Several[BackupTarget] = Field(default=(), alias="backup_target")
    update: Update = Field(default_factory=Update)

    def extension(self, number: str | None) -> Extension | None:
        return next((known for known in self.extensions if known.number == number), None)

    def extension_on(self, port: str) -> Extension | None:
        """The one whose phone is on an fxs port."""
        return next((known for known in self.extensions if known.port == port), None)

    def line(self, port: str | None) -> Line | None:
        return next((known for known in self.lines if known.port == port), None)

    def trunk(self, name: str | None) -> Trunk | None:
        return next((known for known in self.trunks if known.name == name), None)

    def agent(self, id: str | None) -> Agent | None:
        return next((known for known in self.agents if known.id == id), None)

    def agent_numbered(self, number: str) -> Agent | None:
        """The one who logs in with this number."""
        return next((known for known in self.agents if known.number and known.number == number), None)

    def pause_reason(self, name: str | None) -> PauseReason | None:
        return next((known for known in self.pause_reasons if known.name == name), None)

    def disposition(self, name: str | None) -> Disposition | None:
        return next((known for known in self.dispositions if known.name == name), None)

    def queue(self, name: str | None) -> Queue | None:
        return next((known for known in self.queues if known.name == name), None)

    def conference(self, name: str | None) -> Conference | None:
        return next((known for known in self.conferences if known.name == name), None)

    def group(self, name: str | None) -> Group | None:
        return next((known for known in self.groups if known.name == name), None)

    def paging(self, name: str | None) -> Paging | None:
        return next((known for known in self.pagings if known.name == name), None)

    def menu(self, name: str | None) -> Ivr | None:
        return next((known for known in self.ivrs if known.name == name), None)

    def survey(self, name: str | None) -> Survey | None:
        return next((known for known in self.surveys if known.name == name), None)

    def schedule(self, name: str | None) -> Schedule | None:
        return next((known for known in self.schedules if known.name == name), None)

    def access(self, name: str | None) -> Disa | None:
        """The table [[disa]] of that name."""
        return next((known for known in self.disa if known.name == name), None)
