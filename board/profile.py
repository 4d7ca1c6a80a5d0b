# SPDX-License-Identifier: GPL-2.0-or-later
"""What is soldered where: a board as data. `board.reading` makes it of a TOML file (docs/hardware.md)."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Annotated, Literal

from annotated_types import Ge, Le, Len

Name = Annotated[str, Len(1, 63)]
Celsius = Annotated[float, Ge(-40), Le(150)]
Volts = Annotated[float, Ge(0.1), Le(80)]
Led = Literal["power", "line", "call", "alarm", "update"]


class Table:
    """Nothing unknown, nothing converted (read by pydantic, which a service at work does not need)."""

    __pydantic_config__ = {"extra": "forbid", "strict": True}


@dataclass(frozen=True)
class Pin(Table):
    """A GPIO line. `chip`: its label (pinctrl-bcm2711) or device (/dev/gpiochip0). `line`: its name or number."""

    chip: Name
    line: Name | Annotated[int, Ge(0), Le(1023)]
    active_low: bool = False
    pull: Literal["none", "up", "down"] = "none"


@dataclass(frozen=True)
class Light(Table):
    """A LED: at a pin, of the kernel's LED class, or on the front panel; exactly one of them."""

    gpio: Pin | None = None
    led: Name | None = None
    panel: Name | None = None

    def __post_init__(self) -> None:
        _exactly_one(self, "gpio", "led", "panel")


@dataclass(frozen=True)
class Key(Table):
    """The button: at a pin, or on the front panel."""

    gpio: Pin | None = None
    panel: Name | None = None

    def __post_init__(self) -> None:
        _exactly_one(self, "gpio", "panel")


@dataclass(frozen=True)
class Lifeline(Table):
    """The relay that puts the phone of `station` onto `line`. Without loop sense nobody knows when it may go back."""

    relay: Pin
    loop: Pin
    sense: Pin | None = None
    station: str = "fxs1"
    line: str = "fxo1"

    def __post_init__(self) -> None:
        _looks_like(self, "station", "fxs[0-9]+", "fxs1")
        _looks_like(self, "line", "fxo[0-9]+", "fxo1")


@dataclass(frozen=True)
class Dog(Table):
    """The hardware watchdog."""

    device: str = "/dev/watchdog"
    timeout_s: Annotated[int, Ge(5), Le(300)] = 15

    def __post_init__(self) -> None:
        _device(self, "device")


@dataclass(frozen=True)
class Hwmon(Table):
    """An input of the kernel's hwmon class: the chip by its `name`, then `temp1`, `in0`, `pwm1`, …."""

    name: Name
    input: str

    def __post_init__(self) -> None:
        _looks_like(self, "input", "[a-z]+[0-9]+(_[a-z]+)*", "temp1")


@dataclass(frozen=True)
class Temperature(Table):
    """Where it is measured, and from where on it is an alarm."""

    warn_c: Celsius
    critical_c: Celsius
    thermal: Name | None = None
    hwmon: Hwmon | None = None

    def __post_init__(self) -> None:
        _exactly_one(self, "thermal", "hwmon")
        _below(self, "warn_c", "critical_c")


@dataclass(frozen=True)
class Ina219(Table):
    """The monitor of that name on an I2C bus (Texas Instruments SBOS448)."""

    bus: str
    address: Annotated[int, Ge(0x08), Le(0x77)] = 0x40

    def __post_init__(self) -> None:
        _device(self, "bus")


@dataclass(frozen=True)
class Supply(Table):
    """The supply voltage, and what it must be between."""

    low_v: Volts
    high_v: Volts
    ina219: Ina219 | None = None
    hwmon: Hwmon | None = None

    def __post_init__(self) -> None:
        _exactly_one(self, "ina219", "hwmon")
        _below(self, "low_v", "high_v")


@dataclass(frozen=True)
class Identity(Table):
    """The serial number: text in a file, or `length` bytes at `offset` of an EEPROM's."""

    file: str
    offset: Annotated[int, Ge(0), Le(65535)] = 0
    length: Annotated[int, Ge(1), Le(64)] = 64

    def __post_init__(self) -> None:
        _looks_like(self, "file", r"/(sys|proc)/[\w./:-]{1,200}", "/proc/device-tree/serial-number")


@dataclass(frozen=True)
class Fan(Table):
    """A fan that is switched: on from `on_c`, off below `off_c`."""

    on_c: Celsius
    off_c: Celsius
    gpio: Pin | None = None
    hwmon: Hwmon | None = None

    def __post_init__(self) -> None:
        _exactly_one(self, "gpio", "hwmon")
        _below(self, "off_c", "on_c")


@dataclass(frozen=True)
class Panel(Table):
    """A front-panel controller at a UART (docs/hardware.md has its lines)."""

    port: str
    baud: Literal[9600, 19200, 38400, 57600, 115200] = 115200

    def __post_init__(self) -> None:
        _device(self, "port")


@dataclass(frozen=True)
class Slic(Table):
    """A phone port: a SLIC at its lines, and a channel of an ALSA codec. They are fxs1, fxs2, … in their order."""

    forward: Pin
    ring_mode: Pin
    hook: Pin
    codec: str
    channel: Annotated[int, Ge(0), Le(15)] = 0
    power_down: Pin | None = None
    ring_hz: Literal[20, 25] = 20

    def __post_init__(self) -> None:
        _looks_like(self, "codec", r"[\w:=,.-]{1,100}", "hw:CARD=wm8731")


@dataclass(frozen=True)
class Matches(Table):
    """By what the board is known: an entry of the device tree's `compatible`, or the product name of DMI."""

    device_tree: list[Name] = field(default_factory=list)
    dmi: list[Name] = field(default_factory=list)


@dataclass(frozen=True)
class Profile(Table):
    """A board. `name` is that of its file."""

    name: str
    title: Name
    simulated: bool = False
    matches: Matches = field(default_factory=Matches)
    leds: dict[Led, Light] = field(default_factory=dict)
    button: Key | None = None
    lifeline: Lifeline | None = None
    watchdog: Dog | None = None
    temperature: Temperature | None = None
    supply: Supply | None = None
    identity: Identity | None = None
    fan: Fan | None = None
    panel: Panel | None = None
    slic: list[Slic] = field(default_factory=list)

    def __post_init__(self) -> None:
        channels = [(slic.codec, slic.channel) for slic in self.slic]
        if len(set(channels)) < len(channels):
            raise ValueError("two of [[slic]] have the same channel of the same codec")
        on_panel = [light for light in self.leds.values() if light.panel]
        if (on_panel or (self.button and self.button.panel)) and not self.panel:
            raise ValueError("a LED or the button is on a panel; say in [panel] where that is")
        if self.fan and not self.temperature:
            raise ValueError("a fan needs [temperature]")


def _exactly_one(table: object, *names: str) -> None:
    if sum(getattr(table, name) is not None for name in names) != 1:
        raise ValueError(f"needs exactly one of {', '.join(names)}")


def _below(table: object, low: str, high: str) -> None:
    if getattr(table, low) >= getattr(table, high):
        raise ValueError(f"{low} must be below {high}")


def _looks_like(table: object, name: str, pattern: str, example: str) -> None:
    if not re.fullmatch(pattern, value := getattr(table, name)):
        raise ValueError(f'{name}: "{value}" cannot be used; use something like {example}')


def _device(table: object, name: str) -> None:
    _looks_like(table, name, r"/dev/(?!.*\.\.)[\w./:-]{1,100}", "/dev/ttyS1")
