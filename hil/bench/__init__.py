# SPDX-License-Identifier: GPL-2.0-or-later
"""The `tipring-bench` process: an exchange on each line and a phone on each station of a simulated box.

People and tests play with them over `STATE/sim/bench.sock` (SOCK_SEQPACKET), in the browser or with `tipring sim`.
A packet that begins with `{` is JSON, any other is a block of 160 bytes of G.711 mu-law. From a client:

    {"list": true}      answered with {"ports": [state, …]}
    {"open": "fxs1"}    from now on this connection is that far end: its states, its sound
    {"plug": "fxs1"}    {"unplug": "fxs1"}
    {"do": "pick_up"} | {"do": "hang_up"} | {"do": "digits", "digits": "9555"} | {"do": "pulse", "digits": "9555"}
    {"do": "flash"}                                                                              for a phone
    {"do": "call", "number": "5551234", "name": "ANNA"} | {"do": "give_up"} | {"do": "answer"}
    {"do": "hang_up", "by": "battery"|"polarity"|"busy"} | {"do": "tone", "tone": "busy"}        for an exchange
    {"do": "say", "wav": PATH} | {"do": "listen", "seconds": 5, "wav": PATH}                     for both

To a client: {"state": {"port", "kind", "plugged", "hook", "ringing", "caller_id", "hearing", "dialled", "line"}} when
it opens a far end and after each change, {"done": what} when a command is finished, and
{"error": {"code", "message"}}.
"""
