// The packages of Angular are compiled in the browser, since no build of the Angular CLI has linked them.
import '@angular/compiler';
import { bootstrapApplication } from '@angular/platform-browser';
import { App } from './App.ts';

document.body.append(document.createElement('app-root'));
bootstrapApplication(App);
