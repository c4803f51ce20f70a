// The packages of Angular are compiled in the browser, since no build of the Angular CLI has linked them.
import '@angular/compiler';
import { Component, signal } from '@angular/core';
import { bootstrapApplication } from '@angular/platform-browser';
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
class App {
  readonly shop = signal<string | undefined>('north');
}

document.body.append(document.createElement('app-root'));
bootstrapApplication(App);
