/** Changes a stack's file: the edit is text to text (plan/stack-edit.ts), the file is old or new, never half. */
import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse } from 'yaml';
import { parseSettings, type Settings } from '../plan/settings/settings.ts';
import type { StackEdit } from '../plan/stack-edit.ts';
import { readStackConfig } from './stackfile.ts';

export interface StackFileChange {
  /** In words; empty when nothing is to be done. */
  changes: string[];
  /** As they will be. */
  settings: Settings;
  apply(): Promise<void>;
}

/** Works out an edit of the stack's file, and checks what it gives; nothing is written before `apply`. */
export async function prepareStackEdit(
  root: string,
  stack: string,
  edit: (text: string, file: string) => StackEdit,
): Promise<StackFileChange> {
  const { file } = await readStackConfig(root, stack);
  const path = join(root, file);
  const { text, changes } = edit(await readFile(path, 'utf8'), file);
  const settings = parseSettings(
    stack,
    (parse(text) as { config?: Record<string, unknown> }).config ?? {},
    file,
  );
  const apply = async () => {
    if (changes.length > 0) await replaceFile(path, text);
  };
  return { changes, settings, apply };
}

export async function replaceFile(path: string, text: string): Promise<void> {
  const beside = `${path}.${process.pid}.new`;
  await writeFile(beside, text);
  await rename(beside, path);
}
