/**
 * What a person sees who opens the gateway's address in a browser: what runs here, how to get a token, which tools there
 * are. One static page without scripts; it shows no secret, and the loopback guard stands before it.
 */
import type { Plan } from '../plan/types.ts';
import type { ListedTool } from './catalogue.ts';

export interface PageFacts {
  plan: Plan;
  gateways: readonly { name: string; url: string; tools: readonly ListedTool[] }[];
  issuer: string;
  /** Whether the gateway makes its own tokens. */
  ownIssuer: boolean;
}

/** Nothing is loaded from anywhere and nothing runs, whatever a description says. */
export const PAGE_HEADERS = {
  'Content-Security-Policy':
    "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  'Cache-Control': 'no-store',
};

export function renderPage({ plan, gateways, issuer, ownIssuer }: PageFacts): string {
  const name = plan.gateway.name;
  const several = gateways.length > 1;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${htmlOf(name)} · local gateway</title>
<style>${STYLE}</style>
<main>
<h1>${htmlOf(name)}</h1>
<p>The local gateway of stack <b>${htmlOf(plan.stack)}</b>: ${count(plan.targets.length, 'server')} with
${count(new Set(gateways.flatMap(({ tools }) => tools)).size, 'tool')}, the same names, schemas and handlers as on AWS.</p>
<dl>
${gateways.map((gateway) => `<dt>${several ? htmlOf(gateway.name) : 'MCP endpoint'}</dt><dd><code>${htmlOf(gateway.url)}</code></dd>`).join('\n')}
<dt>Tokens from</dt><dd><code>${htmlOf(issuer)}</code></dd>
<dt>A token</dt><dd>${ownIssuer ? '<code>npx mcpgw token</code>' : 'of that issuer, for a client the stack admits'}</dd>
<dt>A call</dt><dd><code>npx mcpgw call TOOL key=value</code></dd>
<dt>For a client</dt><dd><code>npx mcpgw config --client claude|cursor|vscode|kiro</code></dd>
</dl>
${gateways.map(({ name: own, tools }) => (several ? `<h2 class="gateway">${htmlOf(own)}</h2>\n` : '') + sections(tools)).join('\n')}
</main>
</html>
`;
}

function sections(tools: readonly ListedTool[]): string {
  return [...Map.groupBy(tools, ({ target }) => target)]
    .map(([target, own]) => section(target.name, target.description, own))
    .join('\n');
}

function section(target: string, description: string, tools: readonly ListedTool[]): string {
  return `<details${tools.length <= 12 ? ' open' : ''}>
<summary><h3>${htmlOf(target)}</h3> <span>${count(tools.length, 'tool')}</span></summary>
<p>${htmlOf(description)}</p>
<table>
<thead><tr><th scope="col">Tool</th><th scope="col">Access</th><th scope="col">What it does</th></tr></thead>
<tbody>
${tools.map(row).join('\n')}
</tbody>
</table>
</details>`;
}

function row({ name, target, tool }: ListedTool): string {
  const access = target.tools.find(({ exposed }) => exposed === tool.name)?.entry.access ?? 'unknown';
  const bare = htmlOf(name.slice(target.name.length + 3)).replaceAll('_', '_<wbr>');
  return `<tr><td><code>${bare}</code></td><td class="${access}">${access}</td><td>${htmlOf(firstSentence(tool.description))}</td></tr>`;
}

function firstSentence(text: string): string {
  const line = text.trim().split('\n', 1)[0] ?? '';
  return line.length > 160 ? `${line.slice(0, 159)}…` : line;
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function htmlOf(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}

const STYLE = `
:root { color-scheme: light dark; --line: #8884; --quiet: color-mix(in srgb, currentColor 65%, transparent); }
body { margin: 0; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 60rem; margin: 0 auto; padding: 2rem 1.25rem 4rem; }
h1 { margin: 0 0 .5rem; font-size: 1.75rem; overflow-wrap: anywhere; }
h2.gateway { margin: 2rem 0 .5rem; font-size: 1.3rem; }
h3 { display: inline; margin: 0; font-size: 1.1rem; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .4rem 1.25rem; margin: 1.5rem 0 2rem; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
code { font: .92em ui-monospace, monospace; overflow-wrap: anywhere; user-select: all; }
details { border-top: 1px solid var(--line); padding: .75rem 0; }
summary { cursor: pointer; }
summary span, details > p { color: var(--quiet); }
table { width: 100%; border-collapse: collapse; }
th { text-align: left; font-weight: 600; }
th, td { padding: .35rem 1rem .35rem 0; vertical-align: top; border-bottom: 1px solid var(--line); overflow-wrap: anywhere; }
td:first-child { width: 34%; }
td:nth-child(2) { width: 5rem; white-space: nowrap; }
.write, .unknown { font-weight: 600; }
@media (max-width: 40rem) {
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: .6rem; }
  thead { display: none; } tr { display: block; padding: .5rem 0; border-bottom: 1px solid var(--line); }
  td, td:first-child { display: block; width: auto; padding: 0; border: 0; }
}
`;
