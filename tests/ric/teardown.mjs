import { rmSync } from 'node:fs';

export default function teardown() {
  rmSync(globalThis.ricFolder, { recursive: true, force: true });
}
