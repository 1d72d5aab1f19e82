/**
 * The gateway's page in a real browser, wide and narrow, light and dark: it fits, it loads nothing, it runs nothing.
 * Screenshots go to MCPGW_SCREENSHOTS (default: a temporary folder, printed), to be looked at.
 */
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { type Browser, chromium } from 'playwright-core'; // drives a browser of the machine; brings none
import { type LocalGateway, startGateway } from '../../gateway/index.ts';
import type { ToolDefinition } from '../../plan/manifest.ts';
import { planWith } from '../integration/gateway/support.ts';

const tools: ToolDefinition[] = [
  ['read_documentation', 'Fetches one page of documentation and turns it into Markdown.'],
  ['search_documentation', `Searches the documentation. ${'Many words follow. '.repeat(30)}`],
  ['get_instrumentation_configuration_status_of_a_service', 'A tool with a long name.'],
  ['hostile', '<script>document.title = "taken"</script><img src="https://example.com/x"> & "quotes"'],
].map(([name = '', description = '']) => ({
  name,
  description,
  inputSchema: { type: 'object', properties: {} },
}));

let gateway: LocalGateway;
let browser: Browser;
let shots: string;

beforeAll(async () => {
  shots = process.env.MCPGW_SCREENSHOTS ?? (await mkdtemp(join(tmpdir(), 'mcpgw-screenshots-')));
  await mkdir(shots, { recursive: true });
  const plan = planWith('documentation', tools);
  gateway = await startGateway({
    plan,
    definitions: { 'documentation-mcp-server': tools },
    launch: async () => ({ command: process.execPath, args: [], env: {} }),
    port: 0,
    stateDir: await mkdtemp(join(tmpdir(), 'mcpgw-test-')),
    signals: false,
  });
  browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
});
afterAll(async () => {
  await browser?.close();
  await gateway?.close();
  console.log(`screenshots in ${shots}`);
});

function findChromium(): string {
  const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome'];
  const paths = (process.env.PATH ?? '')
    .split(delimiter)
    .flatMap((folder) => names.map((name) => join(folder, name)));
  const mac = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';
  const found = [process.env.CHROMIUM ?? '', ...paths, mac].find((path) => path !== '' && existsSync(path));
  if (found === undefined)
    throw new Error('no Chromium: install one (apt-get install chromium) or set CHROMIUM');
  return found;
}

test.each([
  ['wide', 1280, 'light'],
  ['wide', 1280, 'dark'],
  ['narrow', 360, 'light'],
  ['narrow', 360, 'dark'],
] as const)('%s (%i), %s', async (name, width, colorScheme) => {
  const page = await browser.newPage({ viewport: { width, height: 800 }, colorScheme });
  const said: string[] = [];
  const asked: string[] = [];
  page.on('console', (message) => said.push(message.text()));
  page.on('pageerror', (error) => said.push(error.message));
  page.on('request', (request) => asked.push(request.url()));
  const home = new URL('/', gateway.url).href;
  await page.goto(home);
  await page.screenshot({ path: join(shots, `${name}-${colorScheme}.png`), fullPage: true });
  expect(await page.title()).toBe('tools · local gateway');
  expect(asked.filter((url) => url !== home && !url.endsWith('/favicon.ico'))).toEqual([]);
  expect(said.filter((text) => !text.includes('favicon'))).toEqual([]);
  expect(await page.getByText(gateway.url, { exact: true }).isVisible()).toBe(true);
  for (const { name: tool } of tools)
    expect(await page.getByText(tool, { exact: true }).isVisible()).toBe(true);
  expect(await page.getByText('<script>document.title').isVisible()).toBe(true);
  const [content, shown] = (await page.evaluate('[document.documentElement.scrollWidth, innerWidth]')) as [
    number,
    number,
  ];
  // A short word is not cut into letters: its text lies in one line.
  const lines = await page.evaluate(
    `[...document.querySelectorAll('td.unknown')].map((cell) => {
      const range = document.createRange();
      range.selectNodeContents(cell);
      return range.getClientRects().length;
    })`,
  );
  expect(lines).toEqual(tools.map(() => 1));
  expect(content).toBeLessThanOrEqual(shown);
  await page.close();
});
