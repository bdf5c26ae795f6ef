export default { testDir: '.', workers: 1, reporter: 'line' };
