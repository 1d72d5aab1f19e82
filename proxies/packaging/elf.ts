/** Reads what matters of an ELF file: its machine, the libraries and glibc versions it needs, where it looks for them. */

export interface Elf {
  machine: 'arm64' | 'x86_64' | 'other';
  needed: string[];
  /** DT_RPATH and DT_RUNPATH entries. */
  paths: string[];
  /** Symbol versions it needs of other libraries, e.g. `GLIBC_2.34`. */
  versions: string[];
  interpreter: string | undefined;
  /** Where the text of each path entry list lies in the file, for rewriting. */
  pathSlots: { offset: number; text: string }[];
}

const MACHINES: Record<number, Elf['machine']> = { 183: 'arm64', 62: 'x86_64' };
const [PT_LOAD, PT_DYNAMIC, PT_INTERP] = [1, 2, 3];
const DT = { NEEDED: 1, STRTAB: 5, RPATH: 15, RUNPATH: 29, VERNEED: 0x6ffffffe, VERNEEDNUM: 0x6fffffff };

export function isElf(bytes: Uint8Array): boolean {
  return bytes[0] === 0x7f && bytes[1] === 0x45 && bytes[2] === 0x4c && bytes[3] === 0x46;
}

/** Parses a 64-bit little-endian ELF file; another kind has machine `other` and nothing else. */
export function readElf(bytes: Uint8Array): Elf {
  const elf: Elf = {
    machine: 'other',
    needed: [],
    paths: [],
    versions: [],
    interpreter: undefined,
    pathSlots: [],
  };
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (!isElf(bytes) || bytes[4] !== 2 || bytes[5] !== 1) return elf;
  elf.machine = MACHINES[view.getUint16(18, true)] ?? 'other';
  const number = (at: number) => Number(view.getBigUint64(at, true));
  const text = (at: number) => {
    let end = at;
    while (end < bytes.length && bytes[end] !== 0) end++;
    return Buffer.from(bytes.subarray(at, end)).toString('latin1');
  };

  const segments = Array.from({ length: view.getUint16(56, true) }, (_, index) => {
    const at = number(32) + index * view.getUint16(54, true);
    return {
      type: view.getUint32(at, true),
      offset: number(at + 8),
      address: number(at + 16),
      size: number(at + 32),
    };
  });
  /** Where an address of memory lies in the file. */
  const place = (address: number) => {
    const home = segments.find(
      (segment) =>
        segment.type === PT_LOAD && address >= segment.address && address < segment.address + segment.size,
    );
    return home === undefined ? undefined : address - home.address + home.offset;
  };

  const interpreter = segments.find((segment) => segment.type === PT_INTERP);
  if (interpreter) elf.interpreter = text(interpreter.offset);
  const dynamic = segments.find((segment) => segment.type === PT_DYNAMIC);
  if (!dynamic) return elf;

  const tags: [tag: number, value: number][] = [];
  for (let at = dynamic.offset; at + 16 <= dynamic.offset + dynamic.size; at += 16) {
    const tag = number(at);
    if (tag === 0) break;
    tags.push([tag, number(at + 8)]);
  }
  const dynamicValue = (tag: number) => tags.find(([name]) => name === tag)?.[1];
  const strings = place(dynamicValue(DT.STRTAB) ?? -1);
  if (strings === undefined) return elf;
  for (const [tag, value] of tags) {
    if (tag === DT.NEEDED) elf.needed.push(text(strings + value));
    if (tag === DT.RPATH || tag === DT.RUNPATH) {
      const slot = { offset: strings + value, text: text(strings + value) };
      elf.pathSlots.push(slot);
      elf.paths.push(...slot.text.split(':').filter((path) => path !== ''));
    }
  }

  let need = place(dynamicValue(DT.VERNEED) ?? -1);
  for (let left = dynamicValue(DT.VERNEEDNUM) ?? 0; need !== undefined && left > 0; left--) {
    let aux = need + view.getUint32(need + 8, true);
    for (let count = view.getUint16(need + 2, true); count > 0; count--) {
      elf.versions.push(text(strings + view.getUint32(aux + 8, true)));
      aux += view.getUint32(aux + 12, true);
    }
    const next = view.getUint32(need + 12, true);
    need = next === 0 ? undefined : need + next;
  }
  return elf;
}
