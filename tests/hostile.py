"""Text that breaks a document made without care."""

from __future__ import annotations

HOSTILE = (
    "=1+1 </script><script>document.title='taken'</script> & \"quotes\" 'x', semi; <b>bold</b>"
    " \u05e9\u05dc\u05d5\u05dd {{ 7 }} %s \\n {rack} \u0639\u0631\u0628\u064a"
)
"""A formula, markup, both quotes, separators, templates, right-to-left words: one line, as inputs take it."""
