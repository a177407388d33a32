"""What happens without anybody waiting for it: mail is sent, and what the rooms asked for is done every minute."""

from __future__ import annotations

from skolemerke.worker.running import Running, register_sweep, run_worker, start_in_process
from skolemerke.worker.sending import SendReport, send_due

__all__ = ["Running", "SendReport", "register_sweep", "run_worker", "send_due", "start_in_process"]
