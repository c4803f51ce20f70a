/** Re-exports RxJS, so that its names are found by the path of a file, as those of any other module. */
export * from 'rxjs';
