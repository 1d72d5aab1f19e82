import { resolveTool } from '../../../cli/tool-reference.ts';

const listed = [
  { name: 'iam___list_users' },
  { name: 'postgres___run_query' },
  { name: 'mysql___run_query' },
  { name: 'ecs___aws_knowledge_aws___read_documentation' },
];

describe('a tool as people write it', () => {
  test.each([
    ['list_users', 'iam___list_users'],
    ['iam/list_users', 'iam___list_users'],
    ['iam___list_users', 'iam___list_users'],
    ['mysql/run_query', 'mysql___run_query'],
    ['aws_knowledge_aws___read_documentation', 'ecs___aws_knowledge_aws___read_documentation'],
  ])('%s is %s', (reference, name) => {
    expect(resolveTool(reference, listed).name).toBe(name);
  });

  test('a name of several targets lists the candidates', () => {
    expect(() => resolveTool('run_query', listed)).toThrow(
      expect.objectContaining({
        code: 'tool-ambiguous',
        hint: 'name one: postgres/run_query, mysql/run_query',
      }),
    );
  });

  test('an unknown name says what is near', () => {
    expect(() => resolveTool('users', listed)).toThrow(
      expect.objectContaining({ code: 'tool-unknown', exitCode: 2, hint: 'did you mean iam/list_users?' }),
    );
  });
});
