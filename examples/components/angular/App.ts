import { Component, signal } from '@angular/core';
import { Total } from './Total.ts';

@Component({
  selector: 'app-root',
  imports: [Total],
  template: `
    @for (name of ['north', 'south']; track name) {
      <button (click)="shop.set(name)">{{ name }}</button>
    }
    <button (click)="shop.set(undefined)">none</button>
    @if (shop(); as name) { <app-total [shop]="name" /> }
  `,
})
export class App {
  readonly shop = signal<string | undefined>('north');
}
