/** The picture in the README, the report that it shows, and the scenario in it: "the article's app and settings …". */
export const PICTURE = 'docs/report.png';
export const PICTURE_OF = 'reports/example/report.html';
export const PICTURED = 's3';
