import { join } from 'node:path';
import { expect } from 'chai';
import ts from 'typescript';
import { componentsFolder, frameworksFolder, requires } from '../support/requires.ts';

/** Returns the mistakes in the files of an example, but not those in what they import. */
function mistakesIn(folder: string): readonly unknown[] {
  const { config } = ts.readConfigFile(join(folder, 'tsconfig.json'), ts.sys.readFile);
  const { fileNames, options } = ts.parseJsonConfigFileContent(config, ts.sys, folder);
  expect(fileNames).to.not.be.empty;
  const program = ts.createProgram(fileNames, options);
  return [undefined, ...fileNames.map((name) => program.getSourceFile(name))]
    .flatMap((file) => (file === undefined ? program.getOptionsDiagnostics() : ts.getPreEmitDiagnostics(program, file)))
    .map(({ file, messageText }) => [file?.fileName, ts.flattenDiagnosticMessageText(messageText, ' ')]);
}

describe('the examples of frameworks', function () {
  this.timeout(60_000);

  describe('on a server', () => {
    requires('frameworks');

    it('compile with the types of the frameworks', () => {
      expect(mistakesIn(frameworksFolder)).to.deep.equal([]);
    });
  });

  describe('in a page', () => {
    requires('components');

    it('compile with the types of the frameworks', () => {
      expect(mistakesIn(componentsFolder)).to.deep.equal([]);
    });
  });
});
