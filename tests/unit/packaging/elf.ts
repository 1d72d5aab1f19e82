/** Writes small ELF files for tests: a dynamic section with what is asked for, and nothing that could run. */

export interface ElfWish {
  machine?: number;
  runpath?: string;
  needed?: string[];
  versions?: string[];
}

export function makeElf({ machine = 0xb7, runpath, needed = [], versions = [] }: ElfWish): Buffer {
  const strings = Buffer.from(`\0${[runpath ?? '', ...needed, ...versions, 'libc.so.6'].join('\0')}\0`);
  const at = (text: string) => strings.indexOf(`\0${text}\0`) + 1;
  const [header, segments] = [64, 2 * 56];
  const tags: [number, number][] = [
    ...needed.map((name): [number, number] => [1, at(name)]),
    ...(runpath === undefined ? [] : ([[29, at(runpath)]] as [number, number][])),
  ];
  const dynamic = header + segments;
  const stringTable = dynamic + 16 * (tags.length + 4);
  const verneed = stringTable + strings.length;
  tags.push([5, stringTable], [0x6ffffffe, verneed], [0x6fffffff, versions.length === 0 ? 0 : 1], [0, 0]);
  const file = Buffer.alloc(verneed + 16 + 16 * versions.length);
  file.write('\x7fELF', 0, 'latin1');
  file.set([2, 1, 1], 4);
  file.writeUInt16LE(machine, 18);
  file.writeBigUInt64LE(BigInt(header), 32);
  file.writeUInt16LE(56, 54);
  file.writeUInt16LE(2, 56);
  // Loaded at address 0, so addresses are offsets.
  [
    [1, 0, file.length],
    [2, dynamic, 16 * tags.length],
  ].forEach(([type = 0, offset = 0, size = 0], index) => {
    const start = header + index * 56;
    file.writeUInt32LE(type, start);
    for (const [field, value] of [
      [8, offset],
      [16, offset],
      [32, size],
    ] as const) {
      file.writeBigUInt64LE(BigInt(value), start + field);
    }
  });
  tags.forEach(([tag, value], index) => {
    file.writeBigUInt64LE(BigInt(tag), dynamic + index * 16);
    file.writeBigUInt64LE(BigInt(value), dynamic + index * 16 + 8);
  });
  strings.copy(file, stringTable);
  file.writeUInt16LE(versions.length, verneed + 2);
  file.writeUInt32LE(at('libc.so.6'), verneed + 4);
  file.writeUInt32LE(16, verneed + 8);
  versions.forEach((version, index) => {
    const entry = verneed + 16 + index * 16;
    file.writeUInt32LE(at(version), entry + 8);
    file.writeUInt32LE(index + 1 < versions.length ? 16 : 0, entry + 12);
  });
  return file;
}
