import { Component, input } from '@angular/core';
import { shopTotal } from '../shopTotal.ts';
import { streamSignal } from './streamSignal.ts';

@Component({
  selector: 'app-total',
  template: `
    <p>
      {{ total().value }} {{ total().status }}
      @if (total().gap) { <strong>(orders are missing)</strong> }
      @if (total().status === 'failed') { <em>{{ total().error }}</em> }
    </p>
  `,
})
export class Total {
  readonly shop = input.required<string>();
  readonly total = streamSignal(() => shopTotal(this.shop()));
}
