/** The names of RxJS, asked for by the path of a file like any other module's. */
export * from 'rxjs';
