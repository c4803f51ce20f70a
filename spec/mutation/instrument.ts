import ts from 'typescript';

/** One change to the source for which a spec should fail. */
export interface Mutant {
  readonly id: number;
  readonly file: string;
  readonly line: number;
  readonly change: string;
}

const swapped: ReadonlyMap<ts.SyntaxKind, ts.BinaryOperator> = new Map<ts.SyntaxKind, ts.BinaryOperator>([
  [ts.SyntaxKind.LessThanToken, ts.SyntaxKind.LessThanEqualsToken],
  [ts.SyntaxKind.LessThanEqualsToken, ts.SyntaxKind.LessThanToken],
  [ts.SyntaxKind.GreaterThanToken, ts.SyntaxKind.GreaterThanEqualsToken],
  [ts.SyntaxKind.GreaterThanEqualsToken, ts.SyntaxKind.GreaterThanToken],
  [ts.SyntaxKind.EqualsEqualsEqualsToken, ts.SyntaxKind.ExclamationEqualsEqualsToken],
  [ts.SyntaxKind.ExclamationEqualsEqualsToken, ts.SyntaxKind.EqualsEqualsEqualsToken],
  [ts.SyntaxKind.AmpersandAmpersandToken, ts.SyntaxKind.BarBarToken],
  [ts.SyntaxKind.BarBarToken, ts.SyntaxKind.AmpersandAmpersandToken],
  [ts.SyntaxKind.QuestionQuestionToken, ts.SyntaxKind.AmpersandAmpersandToken],
  [ts.SyntaxKind.PlusToken, ts.SyntaxKind.MinusToken],
  [ts.SyntaxKind.MinusToken, ts.SyntaxKind.PlusToken],
  [ts.SyntaxKind.AsteriskToken, ts.SyntaxKind.SlashToken],
  [ts.SyntaxKind.SlashToken, ts.SyntaxKind.AsteriskToken],
  [ts.SyntaxKind.PlusEqualsToken, ts.SyntaxKind.MinusEqualsToken],
  [ts.SyntaxKind.MinusEqualsToken, ts.SyntaxKind.PlusEqualsToken],
]);

const spelling = (kind: ts.SyntaxKind): string => ts.tokenToString(kind) ?? '?';

/** Returns the text of a file with each of its mutants behind a switch, and the list of the mutants. */
export function instrument(file: string, text: string, firstId: number): { text: string; mutants: readonly Mutant[] } {
  const source = ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true);
  const mutants: Mutant[] = [];
  const { factory } = ts;

  const isOn = (node: ts.Node, change: string): ts.Expression => {
    const id = firstId + mutants.length;
    const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
    mutants.push({ id, file, line, change });
    // A process that a spec starts has no switch.
    return factory.createCallChain(
      factory.createPropertyAccessExpression(factory.createIdentifier('globalThis'), 'isMutant'),
      factory.createToken(ts.SyntaxKind.QuestionDotToken),
      undefined,
      [factory.createNumericLiteral(id)],
    );
  };
  const choice = (on: ts.Expression, mutated: ts.Expression, original: ts.Expression) =>
    factory.createParenthesizedExpression(
      factory.createConditionalExpression(
        on,
        undefined,
        factory.createParenthesizedExpression(mutated),
        undefined,
        original,
      ),
    );

  const transformer: ts.TransformerFactory<ts.SourceFile> = (context) => {
    const children = <N extends ts.Node>(node: N): N => ts.visitEachChild(node, transform, context);
    const condition = (node: ts.Expression): ts.Expression => {
      const [always, never] = [isOn(node, 'condition: true'), isOn(node, 'condition: false')];
      const transformed = ts.visitNode(node, transform, ts.isExpression);
      return choice(always, factory.createTrue(), choice(never, factory.createFalse(), transformed));
    };

    function transform(node: ts.Node): ts.Node {
      if (ts.isTypeNode(node) || ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return node;
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return node;
      if (ts.isThrowStatement(node)) return node;
      if (ts.isIfStatement(node)) {
        const then = ts.visitNode(node.thenStatement, transform, ts.isStatement);
        const otherwise = node.elseStatement && ts.visitNode(node.elseStatement, transform, ts.isStatement);
        return factory.updateIfStatement(node, condition(node.expression), then, otherwise);
      }
      if (ts.isConditionalExpression(node)) {
        const [then, otherwise] = [node.whenTrue, node.whenFalse].map((n) =>
          ts.visitNode(n, transform, ts.isExpression),
        );
        if (then === undefined || otherwise === undefined) return node;
        return factory.createParenthesizedExpression(
          factory.createConditionalExpression(condition(node.condition), undefined, then, undefined, otherwise),
        );
      }
      if (ts.isBinaryExpression(node)) {
        const { left, operatorToken, right } = node;
        const other = swapped.get(operatorToken.kind);
        if (other === undefined) return children(node);
        const on = isOn(node, `${spelling(operatorToken.kind)} to ${spelling(other)}`);
        const isAssigned =
          operatorToken.kind === ts.SyntaxKind.PlusEqualsToken || operatorToken.kind === ts.SyntaxKind.MinusEqualsToken;
        const [a, b] = [
          isAssigned ? left : ts.visitNode(left, transform, ts.isExpression),
          ts.visitNode(right, transform, ts.isExpression),
        ];
        return choice(
          on,
          factory.createBinaryExpression(a, other, b),
          factory.createBinaryExpression(a, operatorToken, b),
        );
      }
      if (ts.isPrefixUnaryExpression(node) && node.operator === ts.SyntaxKind.ExclamationToken) {
        const on = isOn(node, '! left out');
        const operand = ts.visitNode(node.operand, transform, ts.isExpression);
        return choice(on, operand, factory.createLogicalNot(operand));
      }
      if (node.kind === ts.SyntaxKind.TrueKeyword || node.kind === ts.SyntaxKind.FalseKeyword) {
        const isTrue = node.kind === ts.SyntaxKind.TrueKeyword;
        const [original, other] = isTrue
          ? [factory.createTrue(), factory.createFalse()]
          : [factory.createFalse(), factory.createTrue()];
        return choice(isOn(node, isTrue ? 'true to false' : 'false to true'), other, original);
      }
      if (ts.isNumericLiteral(node) && !ts.isPropertyAssignment(node.parent)) {
        const on = isOn(node, `${node.text} to ${node.text} + 1`);
        return choice(
          on,
          factory.createBinaryExpression(node, ts.SyntaxKind.PlusToken, factory.createNumericLiteral(1)),
          node,
        );
      }
      if (
        ts.isExpressionStatement(node) &&
        !(ts.isCallExpression(node.expression) && node.expression.expression.kind === ts.SyntaxKind.SuperKeyword)
      ) {
        const on = isOn(node, 'statement left out');
        // In a block of its own, so that an `else` after it belongs to the same `if`.
        return factory.createBlock([factory.createIfStatement(factory.createLogicalNot(on), children(node))]);
      }
      return children(node);
    }
    return (root) => ts.visitEachChild(root, transform, context);
  };

  const { transformed } = ts.transform(source, [transformer]);
  const [root] = transformed;
  return { text: ts.createPrinter().printFile(root ?? source), mutants };
}
