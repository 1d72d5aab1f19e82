/**
 * The search tool of a gateway made with semantic search. AWS ranks by meaning (embeddings); here the ranking is by
 * words (BM25 over name and description), which is enough to try an agent that searches. The shape is the same.
 */
import type { ListedTool } from './catalogue.ts';

export const SEARCH_TOOL = 'x_amz_bedrock_agentcore_search';
/** As many as the AgentCore gateway returns. */
const RESULTS = 10;

export const searchDefinition = {
  name: SEARCH_TOOL,
  description: 'Finds the tools of this gateway that fit a query; returns the ten most relevant ones.',
  inputSchema: {
    type: 'object' as const,
    properties: { query: { type: 'string' as const, description: 'What the tool should do' } },
    required: ['query'],
  },
};

export interface SearchIndex {
  search(query: string): readonly ListedTool[];
}

export function createSearchIndex(tools: readonly ListedTool[]): SearchIndex {
  const documents = tools.map((tool) => {
    // The name says most: its words count three times.
    const words = [
      ...wordsOf(tool.name),
      ...wordsOf(tool.name),
      ...wordsOf(tool.name),
      ...wordsOf(tool.tool.description),
    ];
    const counts = new Map<string, number>();
    for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
    return { tool, counts, length: words.length };
  });
  const average = documents.reduce((sum, { length }) => sum + length, 0) / Math.max(1, documents.length);
  const rarity = (word: string): number => {
    const holders = documents.filter(({ counts }) => counts.has(word)).length;
    return Math.log(1 + (documents.length - holders + 0.5) / (holders + 0.5));
  };
  return {
    search(query) {
      const weights = [...new Set(wordsOf(query))].map((word) => [word, rarity(word)] as const);
      return documents
        .map(({ tool, counts, length }) => {
          const score = weights.reduce((sum, [word, weight]) => {
            const count = counts.get(word) ?? 0;
            return sum + (weight * count * 2.2) / (count + 1.2 * (0.25 + (0.75 * length) / average));
          }, 0);
          return { tool, score };
        })
        .filter(({ score }) => score > 0)
        .sort((a, b) => b.score - a.score || (a.tool.name < b.tool.name ? -1 : 1))
        .slice(0, RESULTS)
        .map(({ tool }) => tool);
    },
  };
}

/** Lower-case words, camel and snake case taken apart, a plural's s cut off. */
function wordsOf(text: string): string[] {
  return text
    .replace(/([a-z0-9])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .map((word) => (word.length > 3 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word))
    .filter((word) => word.length > 1);
}
