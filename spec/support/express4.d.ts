/** Express 4 under its second name; the types of 5 declare everything that the specs use of it. */
declare module 'express4' {
  import express from 'express';
  export default express;
}
