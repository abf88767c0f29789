"""Horizontal bars as SVG, with a line at 1."""
from xml.sax.saxutils import escape

ROW, LEFT, WIDTH, TOP, RIGHT = 20, 170, 520, 56, 60
STYLE = ("text{font:12px sans-serif;fill:#24292f} .t{font-weight:bold;font-size:13px} .a{stroke:#57606a;stroke-dasharray:3 3} rect.b{fill:#3b7ea1}"
         " rect.p{fill:#fff}")


def bars(title, rows, one="Ceph = 1", left=LEFT):
    """rows: (label, ratio); what the line at 1 stands for; room for the labels."""
    top = max([1.25] + [ratio for _, ratio in rows])
    scale = WIDTH / top
    height = TOP + ROW * len(rows) + 16
    width = left + WIDTH + RIGHT
    line = left + scale
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">', f"<style>{STYLE}</style>",
           f'<rect class="p" width="{width}" height="{height}"/>', f'<text class="t" x="8" y="20">{escape(title)}</text>',
           f'<text x="{line:.1f}" y="44" text-anchor="middle">{escape(one)}</text>']
    for number, (label, ratio) in enumerate(rows):
        y = TOP + ROW * number
        out.append(f'<text x="{left - 8}" y="{y + 13}" text-anchor="end">{escape(label)}</text>')
        out.append(f'<rect class="b" x="{left}" y="{y + 2}" width="{max(0.5, ratio * scale):.1f}" height="{ROW - 6}"/>')
        out.append(f'<text x="{left + ratio * scale + 5:.1f}" y="{y + 13}">{ratio:.2f}</text>')
    out.append(f'<line class="a" x1="{line:.1f}" x2="{line:.1f}" y1="{TOP - 8}" y2="{height - 8}"/>')
    return "\n".join(out + ["</svg>"]) + "\n"
