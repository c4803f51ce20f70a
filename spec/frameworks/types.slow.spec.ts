import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { frameworksFolder, requires } from '../support/requires.ts';

describe('the examples of frameworks', function () {
  this.timeout(60_000);
  requires('frameworks');

  it('compile with the types of the frameworks', () => {
    const file = join(frameworksFolder, 'tsconfig.json');
    const { config } = ts.readConfigFile(file, ts.sys.readFile);
    const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, frameworksFolder);
    const program = ts.createProgram(fileNames, options);
    const mistakes = ts
      .getPreEmitDiagnostics(program)
      .map(({ file, messageText }) => [file?.fileName, ts.flattenDiagnosticMessageText(messageText, ' ')]);
    expect(fileNames).to.not.be.empty;
    expect(mistakes).to.deep.equal([]);
  });
});
